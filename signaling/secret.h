/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret: comparing tokens and resume secrets.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In a time that tells nothing about either text, their lengths included. %NULL equals nothing. */
gboolean gst_p2p_secret_equal (const gchar *a, const gchar *b);

G_END_DECLS
