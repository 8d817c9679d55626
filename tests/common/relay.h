/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * relay: a bad network between two peers on this machine.
 *
 * Candidates that pass from one peer to the other are rewritten to point to the relay, which
 * carries UDP datagrams on with delay, loss and a limited rate. Each real address has one socket of
 * the relay that stands for it, so both peers see a consistent world:
 *
 *   A ──► [stands for B] ─ delay, loss, rate ─ [stands for A] ──► B        and back
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint delay_ms;       /* one way */
  gdouble loss_percent; /* 0 to 100, each way */
  guint64 rate_bps;     /* bits per second each way; 0: no limit */
  guint queue_bytes; /* at most waiting for the rate's sake, then the tail is dropped; 0: 1 MiB */
  guint32 seed;      /* of the losses, which are the same for the same seed and traffic */
} TestRelayConfig;

typedef struct _TestRelay TestRelay;

/* Begins to work, in a thread of its own. */
TestRelay *test_relay_new (const TestRelayConfig *config);
void test_relay_free (TestRelay *relay);

/* From now on; 100 is a cut cable. Any thread. */
void test_relay_set_loss (TestRelay *relay, gdouble loss_percent);

/* From now on, of so many datagrams one bit arrives turned, as if UDP had no checksum. Any thread.
 */
void test_relay_set_flips (TestRelay *relay, gdouble percent);

/* Sends a datagram to each address at once, in the name of each other: a stranger's, who knows
 * them. Any thread. */
void test_relay_inject (TestRelay *relay, gconstpointer data, gsize size);

/**
 * test_relay_map_candidate:
 * @candidate: "candidate:…", of type host
 *
 * Returns: (nullable) (transfer full): what to give to the other peer instead; %NULL: nothing,
 *   because it is not a UDP candidate with an IPv4 address. "" stays "".
 */
gchar *test_relay_map_candidate (TestRelay *relay, const gchar *candidate);

/* The port on the same address that stands for a real IPv4 address and port of this machine. Any
 * thread. */
guint16 test_relay_map (TestRelay *relay, const gchar *address, guint16 port);

/* Datagrams until now. Any thread. */
void test_relay_get_counts (TestRelay *relay, guint64 *forwarded, guint64 *lost);
guint64 test_relay_get_flipped (TestRelay *relay);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestRelay, test_relay_free)

G_END_DECLS
