/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srcpads: the source pads of an element that receives: ghost pads "src_%u", one for each incoming
 * channel. With keep-listening a pad outlives its channel and is given to the next one, so that
 * what is linked to it goes on.
 *
 * Any thread; the state is the element's list of pads and a mark on the idle ones.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* An idle pad, or a new one named "src_@index" that is not yet the element's. A reference. */
GstPad *gst_p2p_src_pads_take (GstElement *element, guint *index);
/* Activates and adds the pad unless that was done. */
void gst_p2p_src_pads_expose (GstElement *element, GstPad *pad);
/* @keep: for the next channel; otherwise removes it. */
void gst_p2p_src_pads_retire (GstElement *element, GstPad *pad, gboolean keep);

/* Nothing leaves the element any more; waits until downstream returned. */
void gst_p2p_src_pads_deactivate (GstElement *element);
void gst_p2p_src_pads_remove (GstElement *element);

G_END_DECLS
