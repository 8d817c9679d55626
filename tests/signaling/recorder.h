/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recorder: a signaling client and all that it has emitted, for tests.
 *
 * Everything runs in the default main context of the calling thread, together with what is tested.
 */
#pragma once

#include "signaling/client.h"
#include "signaling/server.h"

G_BEGIN_DECLS

#define RECORDER_SESSION "00112233445566778899aabbccddeeff"
#define RECORDER_TIMEOUT_MS 15000

/* What a client has emitted. */
typedef struct
{
  GstP2pSignalingClient *client;
  guint n_bound;
  guint n_unavailable;
  GError *unavailable; /* the last */
  GError *failed;
  GPtrArray *messages;
  GstP2pSignalingIceServers *servers;
} Recorder;

/* @uris, @id, @token: as for the client, which is not started yet. */
Recorder *recorder_new (const gchar *uris, const gchar *id, const gchar *token);
/* Started, with the server at 127.0.0.1. */
Recorder *recorder_start (guint port, const gchar *id, const gchar *token);
void recorder_free (Recorder *recorder);

void recorder_send_bye (Recorder *recorder, const gchar *from, const gchar *to);
/* Waits for "failed", with a sentence that has @words and the address in it. */
void recorder_assert_fails (Recorder *recorder, gint code, const gchar *words);

/* A server at 127.0.0.1; port 0: any. */
GstP2pSignalingServer *recorder_serve (guint port, const gchar *token);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Recorder, recorder_free)

G_END_DECLS
