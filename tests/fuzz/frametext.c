/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Caps, tags, HELLOs and structures as text. The first byte says which: c, t, h, or anything else.
 * What was read is printed and read again, to the same.
 */
#include <string.h>

#include <gst/gst.h>

#include "gst/p2p/frame/hello.h"
#include "gst/p2p/frame/safetext.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* GStreamer compares a double with itself only if it kept every bit, so do we. */
static void
check_caps (const gchar *text, gsize size, guint *new_names)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstCaps) caps = gst_p2p_frame_safetext_parse_caps (text, size, new_names, &error);
  g_autoptr (GstCaps) again = NULL;
  g_autofree gchar *printed = NULL;

  if (!caps)
    {
      g_assert_nonnull (error);
      return;
    }
  printed = gst_p2p_frame_safetext_print_caps (caps, NULL);
  if (!printed) /* more escapes than there is room for, or an empty buffer */
    return;
  again = gst_p2p_frame_safetext_parse_caps (printed, strlen (printed), new_names, &error);
  g_assert_no_error (error);
  g_assert_true (gst_caps_is_strictly_equal (again, caps));
}

static void
check_tags (const gchar *text, gsize size, guint *new_names)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstTagList) tags = gst_p2p_frame_safetext_parse_tags (text, size, new_names, &error);
  g_autoptr (GstTagList) again = NULL;
  g_autofree gchar *printed = NULL;

  if (!tags)
    {
      g_assert_nonnull (error);
      return;
    }
  printed = gst_p2p_frame_safetext_print_tags (tags);
  if (!printed)
    return;
  again = gst_p2p_frame_safetext_parse_tags (printed, strlen (printed), new_names, &error);
  g_assert_no_error (error);
  g_assert_true (gst_tag_list_is_equal (again, tags));
}

static void
check_hello (const gchar *text, gsize size, guint *new_names)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *pad = NULL, *printed = NULL, *again = NULL;
  guint streams, streams_again;

  if (!gst_p2p_frame_hello_parse (text, size, new_names, &pad, &streams, &error))
    {
      g_assert_nonnull (error);
      return;
    }
  g_assert_cmpuint (streams, <=, GST_P2P_FRAME_HELLO_MAX_STREAMS);
  if (!pad || streams == 0)
    return;
  g_assert_cmpuint (strlen (pad), <=, GST_P2P_FRAME_HELLO_MAX_PAD);
  printed = gst_p2p_frame_hello_print (pad, streams);
  g_assert_true (gst_p2p_frame_hello_parse (printed, strlen (printed), new_names, &again,
                                            &streams_again, &error));
  g_assert_cmpstr (again, ==, pad);
  g_assert_cmpuint (streams_again, ==, streams);
}

static void
check_structure (const gchar *text, gsize size, guint *new_names)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstStructure) structure
      = gst_p2p_frame_safetext_parse_structure (text, size, new_names, &error);
  g_autoptr (GstStructure) again = NULL;
  g_autofree gchar *printed = NULL;

  if (!structure)
    {
      g_assert_nonnull (error);
      return;
    }
  printed = gst_p2p_frame_safetext_print_structure (structure, NULL);
  if (!printed)
    return;
  again = gst_p2p_frame_safetext_parse_structure (printed, strlen (printed), new_names, &error);
  g_assert_no_error (error);
  g_assert_true (gst_structure_is_equal (again, structure));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static guint new_names = 64; /* in all: names stay in memory, and would look like a leak */
  const gchar *text = (const gchar *)data + 1;

  if (!gst_is_initialized ())
    gst_init (NULL, NULL);
  if (size < 1)
    return 0;
  if (data[0] == 'c')
    check_caps (text, size - 1, &new_names);
  else if (data[0] == 't')
    check_tags (text, size - 1, &new_names);
  else if (data[0] == 'h')
    check_hello (text, size - 1, &new_names);
  else
    check_structure (text, size - 1, &new_names);
  return 0;
}
