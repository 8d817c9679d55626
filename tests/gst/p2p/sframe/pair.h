/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pair: a sealer and an opener with key rings of their own, for tests.
 */
#pragma once

#include "gst/p2p/sframe/sframe.h"

G_BEGIN_DECLS

typedef struct
{
  GstP2pSframeConfig config;
  GstP2pSframeKeyring *send_ring, *receive_ring;
  GstP2pSframeSealer *sealer;
  GstP2pSframeOpener *opener;
} TestLink;

/* A key of 16 bytes that depends on @seed. */
GstP2pSecret *test_secret (guint seed);

/* Both ends get key @seed under @kid; the sealer uses it, from counter @first. */
TestLink *test_link_new (const GstP2pSframeConfig *config, guint64 kid, guint seed, guint64 first);
void test_link_free (TestLink *link);

/* Seals @frame; fails the test if it cannot. */
GBytes *test_link_seal (TestLink *link, const GstP2pSframeFrame *frame);

/* Opens @sealed, which has @like's codec and so on. @plain: the frame, if it opened; may be NULL.
 */
GstP2pSframeVerdict
test_link_open (TestLink *link, GBytes *sealed, const GstP2pSframeFrame *like, GBytes **plain);

/* Seals, opens and compares. */
void test_link_round_trip (TestLink *link, const GstP2pSframeFrame *frame);

/* @size bytes that depend on @seed. */
GBytes *test_bytes (gsize size, guint32 seed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestLink, test_link_free)

G_END_DECLS
