/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: an error as the application sees it.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Posts @error as an error message of @element, in the GStreamer domain and code that belong to it.
 * Any thread, under no lock. */
void gst_p2p_sframe_report (GstElement *element, const GError *error);

G_END_DECLS
