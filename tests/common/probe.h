/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe: a pad probe whose end can be relied on.
 *
 * gst_pad_remove_probe() does not wait for a call that is under way on another thread, which would
 * then use what the test has freed.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _TestProbe TestProbe;

TestProbe *
test_probe_new (GstPad *pad, GstPadProbeType types, GstPadProbeCallback func, gpointer user_data);
/* Waits until @func has returned everywhere; it is not called any more. Not from within it. */
void test_probe_free (TestProbe *probe);

G_END_DECLS
