/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * owner: for which element a thread works.
 *
 * An element that goes down joins the threads that work for what is inside it. One of them that ran
 * into a handler of the application, and from there into the element's change of state, would join
 * itself: the element asks here before it waits.
 *
 * A mark is on the stack of whoever enters, so that a thread which goes back to a pool carries
 * nothing away.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstP2pOwnerMark GstP2pOwnerMark;

struct _GstP2pOwnerMark
{
  /* the thread that entered */
  gconstpointer owner;
  const GstP2pOwnerMark *outer;
};

/* From now on @element owns what is inside it. */
void gst_p2p_owner_declare (GstElement *element);
/* The owner that @object is, or is inside of; %NULL: none. It is no reference: good for comparing.
 * Not under the lock of @object or of what it is in. */
gconstpointer gst_p2p_owner_find (gpointer object);

/* The calling thread works for @owner (nullable) until it leaves. Marks nest: a thread of one
 * element may push into another. */
void gst_p2p_owner_enter (GstP2pOwnerMark *mark, gconstpointer owner);
void gst_p2p_owner_leave (GstP2pOwnerMark *mark);
/* Whether the calling thread works for @owner. */
gboolean gst_p2p_owner_is_served (gconstpointer owner);

G_END_DECLS
