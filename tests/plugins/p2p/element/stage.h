/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stage: what tests of whole streams share: a signaling server, a network that may be bad, two
 * pipelines with the elements, and a record of what passes a pad.
 *
 *   sender:  appsrc name=feed ─► p2psink name=p2p        receiver:  p2psrc name=p2p ─► fakesink
 */
#pragma once

#include <gst/gst.h>

#include "tests/common/bus.h"
#include "tests/common/relay.h"
#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

G_BEGIN_DECLS

typedef struct _TestStage TestStage;

/* @network: (nullable): what is between the peers; %NULL: nothing */
TestStage *test_stage_new (const gchar *transport, const TestRelayConfig *network);
void test_stage_free (TestStage *stage);

/* "transport=… signaling-uri=…", for descriptions of pipelines. */
const gchar *test_stage_get_properties (TestStage *stage);
const gchar *test_stage_get_transport (TestStage *stage);
guint test_stage_get_port (TestStage *stage);
/* %NULL if there is nothing between the peers. */
TestRelay *test_stage_get_relay (TestStage *stage);

/* A pipeline from @format (with every "STAGE" replaced by the properties) in PLAYING. */
GstElement *test_stage_play (TestStage *stage, const gchar *format, ...) G_GNUC_PRINTF (2, 3);
/* The same, and then waits until its element can be called. */
GstElement *
test_stage_play_called (TestStage *stage, const gchar *format, ...) G_GNUC_PRINTF (2, 3);

/* An element of the pipeline, which keeps it. */
GstElement *test_borrow (GstElement *pipeline, const gchar *name);
/* For an appsrc; @buffer: (transfer full) */
void test_push (GstElement *feed, GstBuffer *buffer);
void test_set_caps (GstElement *feed, const gchar *caps);
void test_push_eos (GstElement *feed);

/* What passed a pad: buffers and serialized events, in order. */
typedef struct _TestRecord TestRecord;

TestRecord *test_record_new (GstPad *pad);
/* The sink pad of the element @name. */
TestRecord *test_record_new_at (GstElement *pipeline, const gchar *name);
/* Stops recording. */
void test_record_free (TestRecord *record);

guint test_record_count_buffers (TestRecord *record);
guint64 test_record_count_bytes (TestRecord *record);
gboolean test_record_is_eos (TestRecord *record);
/* (element-type GstMiniObject) (transfer full): until now. */
GPtrArray *test_record_get_items (TestRecord *record);
/* (element-type GstBuffer) (transfer full): the buffers alone. */
GPtrArray *test_record_get_buffers (TestRecord *record);
/* Monotonic time at which the n-th buffer came, in µs. */
gint64 test_record_get_time (TestRecord *record, guint n);
/* The n-th sticky event of the type; (transfer full) (nullable) */
GstEvent *test_record_get_event (TestRecord *record, GstEventType type, guint n);

/* From now on the pad's thread waits before each buffer; until it may go on. */
void test_record_hold (TestRecord *record, gboolean hold);

/* A buffer of @size bytes that are a function of @seed. */
GstBuffer *test_make_buffer (gsize size, guint32 seed);
gchar *test_checksum (GPtrArray *buffers);

/* @data of a test: the name of the transport. */
void test_add_for_each_transport (const gchar *path, GTestDataFunc func);
gint test_stage_main (int argc, char **argv, void (*add) (void), guint watchdog_s);

/* Stats. */
guint64 test_get_stat (const GstStructure *stats, const gchar *name);
GstStructure *test_get_stats (GstElement *pipeline);
/* (transfer full): of the n-th peer, and of its n-th channel. */
GstStructure *test_get_peer_stats (GstElement *pipeline, guint n);
GstStructure *test_get_channel_stats (GstElement *pipeline, guint peer, guint channel);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestStage, test_stage_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestRecord, test_record_free)

G_END_DECLS
