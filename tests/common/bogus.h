/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bogus: datagrams that pass for DTLS at first sight and are nobody's, as a stranger may send them
 * in the peer's name, or the network make them of real ones.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const gchar *what;
  const gchar *bytes;
  gsize size;
} TestDatagram;

#define TEST_DATAGRAM(what, bytes)                                                                 \
  {                                                                                                \
    what, bytes, sizeof bytes - 1                                                                  \
  }

/* A record's header up to the length, of epoch 0 or 1; @type is a string of one byte. */
#define TEST_CLEAR(type) type "\xfe\xfd\0\0\0\0\0\0\7\7"
#define TEST_SEALED(type) type "\xfe\xfd\0\1\0\0\0\0\7\7"
#define TEST_CCS "\x14"
#define TEST_ALERT "\x15"
#define TEST_HANDSHAKE "\x16"
#define TEST_DATA "\x17"
#define TEST_EIGHT "12345678"
#define TEST_SIXTEEN TEST_EIGHT TEST_EIGHT

/* Whoever gets them, and whenever: they change nothing. */
extern const TestDatagram test_bogus[];
extern const guint test_n_bogus;
/* Well formed: whoever has a connection knows by its state or its key that they are not the peer's.
 */
extern const TestDatagram test_forged[];
extern const guint test_n_forged;

G_END_DECLS
