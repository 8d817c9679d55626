/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pair: see pair.h.
 */
#include "tests/plugins/p2p/framing/pair.h"

#include <string.h>

#include "tests/common/leaks.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

#define PATIENCE_MS 10000

static GstElement *
make (const gchar *description, GstBus *bus)
{
  g_autoptr (GError) error = NULL;
  GstElement *element = gst_parse_launch (description, &error);

  g_assert_no_error (error);
  gst_object_ref_sink (element);
  gst_element_set_bus (element, bus);
  return element;
}

FrameLink *
frame_link_new (const gchar *pay, const gchar *depay)
{
  FrameLink *link = g_new0 (FrameLink, 1);

  link->bus = gst_bus_new ();
  if (pay)
    {
      link->pay = make (pay, link->bus);
      link->in = gst_harness_new_with_element (link->pay, "sink", "src");
      link->back = gst_harness_new_with_element (link->pay, "reply", NULL);
      gst_harness_set_src_caps_str (link->back, "application/x-messages");
      gst_harness_play (link->in);
    }
  if (depay)
    {
      link->depay = make (depay, link->bus);
      link->out = gst_harness_new_with_element (link->depay, "sink", "src");
      link->replies = gst_harness_new_with_element (link->depay, NULL, "reply");
      gst_harness_set_src_caps_str (link->out, "application/x-messages");
      gst_harness_play (link->out);
    }
  return link;
}

void
frame_link_free (FrameLink *link)
{
  g_clear_pointer (&link->back, gst_harness_teardown);
  g_clear_pointer (&link->in, gst_harness_teardown);
  g_clear_pointer (&link->replies, gst_harness_teardown);
  g_clear_pointer (&link->out, gst_harness_teardown);
  if (link->pay)
    gst_element_set_bus (link->pay, NULL);
  if (link->depay)
    gst_element_set_bus (link->depay, NULL);
  gst_clear_object (&link->pay);
  gst_clear_object (&link->depay);
  gst_object_unref (link->bus);
  g_free (link);
}

gboolean
frame_link_carry (FrameLink *link)
{
  GstBuffer *message;
  gboolean any = FALSE;

  while ((message = gst_harness_try_pull (link->in)))
    {
      g_assert_cmpint (gst_harness_push (link->out, message), ==, GST_FLOW_OK);
      any = TRUE;
    }
  while ((message = gst_harness_try_pull (link->replies)))
    {
      g_assert_cmpint (gst_harness_push (link->back, message), ==, GST_FLOW_OK);
      any = TRUE;
    }
  return any;
}

void
frame_link_carry_until (FrameLink *link, guint n)
{
  gint64 until_us = test_wait_deadline (PATIENCE_MS);

  while (gst_harness_buffers_received (link->out) < n)
    if (!frame_link_carry (link))
      g_assert_true (test_wait_step (until_us));
}

static gboolean
has_message (FrameLink *link, const gchar *name)
{
  GstMessage *message;
  gboolean found = FALSE;

  while (!found && (message = gst_bus_pop (link->bus)))
    {
      g_assert_cmpint (GST_MESSAGE_TYPE (message), !=, GST_MESSAGE_ERROR);
      found = gst_message_has_name (message, name);
      gst_message_unref (message);
    }
  return found;
}

void
frame_link_carry_until_message (FrameLink *link, const gchar *name)
{
  gint64 until_us = test_wait_deadline (PATIENCE_MS);

  while (!has_message (link, name))
    if (!frame_link_carry (link))
      g_assert_true (test_wait_step (until_us));
}

GstEvent *
frame_link_pull_event (GstHarness *harness, GstEventType type)
{
  GstEvent *event;

  while ((event = gst_harness_pull_event (harness)) && GST_EVENT_TYPE (event) != type)
    gst_event_unref (event);
  g_assert_nonnull (event);
  return event;
}

static void
run_test (gconstpointer test)
{
  test_leaks_begin ();
  ((GTestFunc)test) ();
  test_leaks_end ();
}

void
frame_link_add_test (const gchar *path, GTestFunc test)
{
  g_test_add_data_func (path, (gconstpointer)test, run_test);
}

guint
frame_link_count_messages (FrameLink *link, GstMessageType type)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop (link->bus)))
    {
      n += GST_MESSAGE_TYPE (message) == type;
      gst_message_unref (message);
    }
  return n;
}

void
frame_link_assert_one_error (FrameLink *link, GQuark domain, gint code)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (link->bus, GST_MESSAGE_ERROR);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (message);
  gst_message_parse_error (message, &error, NULL);
  g_test_message ("%s", error->message);
  g_assert_error (error, domain, code);
  g_assert_cmpuint (frame_link_count_messages (link, GST_MESSAGE_ERROR), ==, 0);
}

GstBuffer *
frame_link_make_message (guint8 kind, guint16 epoch, guint32 seq, gconstpointer data, gsize size)
{
  GstP2pFrameHeader header = { .kind = kind, .epoch = epoch, .seq = seq };
  g_autoptr (GstBuffer) object = gst_buffer_new_allocate (NULL, size, NULL);
  GstBufferList *list;
  GstBuffer *message;

  gst_buffer_fill (object, 0, data, size);
  message = gst_p2p_frame_split (&header, NULL, 0, object, GST_P2P_FRAME_MAX_MESSAGE, &list);
  g_assert_nonnull (message);
  return message;
}

GstBuffer *
frame_link_make_text (guint8 kind, guint16 epoch, guint32 seq, const gchar *text)
{
  return frame_link_make_message (kind, epoch, seq, text, strlen (text));
}

GstBuffer *
frame_link_make_buffer (guint16 epoch, guint32 seq, const GstP2pFrameBuffer *frame, gsize size)
{
  g_autofree guint8 *object = g_malloc0 (GST_P2P_FRAME_BUFFER_PREFIX + size);

  gst_p2p_frame_buffer_write (frame, object);
  for (gsize i = 0; i < size; i++)
    object[GST_P2P_FRAME_BUFFER_PREFIX + i] = (guint8)(seq + i);
  return frame_link_make_message (GST_P2P_FRAME_BUFFER, epoch, seq, object,
                                  GST_P2P_FRAME_BUFFER_PREFIX + size);
}

guint64
frame_link_get_stat (GstElement *element, const gchar *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value;

  g_object_get (element, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}
