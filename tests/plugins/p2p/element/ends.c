/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ends: messages are taken in the sync handler, so that what is posted at any moment is counted,
 * also while the pipeline goes to NULL.
 */
#include "tests/plugins/p2p/element/ends.h"

#include "plugins/p2p/element/p2pbin.h"
#include "plugins/p2p/element/p2psink.h"
#include "plugins/p2p/element/p2psrc.h"
#include "plugins/p2p/framing/p2pframedepay.h"
#include "plugins/p2p/framing/p2pframepay.h"
#include "tests/common/bus.h"
#include "tests/common/leaks.h"
#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"

/* For how long nothing more may be said after an error. */
#define SILENCE_MS 150

static const gchar *const transports[] = { "elements", "direct" };

typedef struct
{
  const gchar *transport;
  EndsTest test;
} Case;

static void
run_case (gconstpointer data)
{
  const Case *one = data;

  test_watchdog_start (60);
  test_leaks_begin ();
  one->test (one->transport);
  test_leaks_end ();
}

void
ends_add (const gchar *name, EndsTest test)
{
  for (guint i = 0; i < G_N_ELEMENTS (transports); i++)
    {
      g_autofree gchar *path = g_strdup_printf ("/%s/%s", transports[i], name);
      Case *one = g_new (Case, 1);

      *one = (Case){ transports[i], test };
      g_test_add_data_func_full (path, one, run_case, g_free);
    }
}

/* --- the bus --- */

/* Programs do not read sentences. */
static void
assert_has_cause (GstMessage *message)
{
  const GstStructure *details = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error_details (message, &details);
  else
    gst_message_parse_warning_details (message, &details);
  g_assert_nonnull (details);
  g_assert_nonnull (gst_structure_get_string (details, "cause"));
}

static void
keep_error (End *end, GPtrArray *list, GstMessage *message)
{
  GError *error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning (message, &error, NULL);
  else
    gst_message_parse_info (message, &error, NULL);
  g_test_message ("%s: %s: %s", GST_MESSAGE_SRC_NAME (message), GST_MESSAGE_TYPE_NAME (message),
                  error->message);
  if (GST_MESSAGE_SRC (message) == GST_OBJECT (end->p2p)
      && GST_MESSAGE_TYPE (message) != GST_MESSAGE_INFO)
    assert_has_cause (message);
  g_ptr_array_add (list, error);
}

static void
note_order (End *end)
{
  if (end->errors->len + end->warnings->len == 0)
    end->eos_before_message = end->n_eos > 0;
}

static void
keep_element (End *end, GstMessage *message)
{
  const GstStructure *facts = gst_message_get_structure (message);

  if (gst_structure_has_name (facts, "peer-connected"))
    end->n_connected++;
  if (!gst_structure_has_name (facts, "peer-disconnected"))
    return;
  end->n_disconnected++;
  g_free (end->reason);
  end->reason = g_strdup (gst_structure_get_string (facts, "reason"));
}

static GstBusSyncReply
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  End *end = data;

  g_mutex_lock (&end->lock);
  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      note_order (end);
      keep_error (end, end->errors, message);
      break;
    case GST_MESSAGE_WARNING:
      note_order (end);
      keep_error (end, end->warnings, message);
      break;
    case GST_MESSAGE_INFO:
      keep_error (end, end->infos, message);
      break;
    case GST_MESSAGE_ELEMENT:
      keep_element (end, message);
      break;
    case GST_MESSAGE_EOS:
      end->n_eos++;
      break;
    default:
      break;
    }
  g_mutex_unlock (&end->lock);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static GstPadProbeReturn
on_taken (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  g_atomic_int_inc (&((End *)data)->n_taken);
  return GST_PAD_PROBE_OK;
}

/* gst_parse_launch() links a source pad that comes late only once. */
static void
on_pad_added (GstElement *element, GstPad *pad, GstPad *out)
{
  if (GST_PAD_IS_SRC (pad) && !gst_pad_is_linked (out))
    g_assert_cmpint (gst_pad_link (pad, out), ==, GST_PAD_LINK_OK);
}

/* --- life --- */

static End *
new_valist (const gchar *format, va_list args)
{
  End *end = g_new0 (End, 1);
  g_autofree gchar *description = g_strdup_vprintf (format, args);
  g_autoptr (GstElement) out = NULL;
  g_autoptr (GstBus) bus = NULL;

  end->pipeline = test_pipeline ("%s", description);
  end->p2p = gst_bin_get_by_name (GST_BIN (end->pipeline), "p");
  g_assert_nonnull (end->p2p);
  g_mutex_init (&end->lock);
  end->errors = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);
  end->warnings = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);
  end->infos = g_ptr_array_new_with_free_func ((GDestroyNotify)g_error_free);
  bus = gst_element_get_bus (end->pipeline);
  gst_bus_set_sync_handler (bus, on_message, end, NULL);

  out = gst_bin_get_by_name (GST_BIN (end->pipeline), "out");
  if (out)
    {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (out, "sink");
      gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_taken, end, NULL);
      g_signal_connect_object (end->p2p, "pad-added", G_CALLBACK (on_pad_added), pad, 0);
    }
  return end;
}

End *
end_new (const gchar *format, ...)
{
  va_list args;
  End *end;

  va_start (args, format);
  end = new_valist (format, args);
  va_end (args);
  return end;
}

End *
end_play (const gchar *format, ...)
{
  va_list args;
  End *end;

  va_start (args, format);
  end = new_valist (format, args);
  va_end (args);
  end_set_state (end, GST_STATE_PLAYING);
  return end;
}

void
end_free (End *end)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (end->pipeline);

  gst_object_unref (end->p2p);
  test_pipeline_stop (end->pipeline);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
  g_ptr_array_unref (end->errors);
  g_ptr_array_unref (end->warnings);
  g_ptr_array_unref (end->infos);
  g_mutex_clear (&end->lock);
  g_free (end->reason);
  g_free (end);
}

void
end_set_state (End *end, GstState state)
{
  if (gst_element_set_state (end->pipeline, state) == GST_STATE_CHANGE_FAILURE)
    g_error ("no change to %s: %s", gst_element_state_get_name (state),
             end->errors->len ? ((GError *)end->errors->pdata[0])->message : "and no error");
}

void
ends_init_elements (int *argc, char ***argv)
{
  test_gst_init_linked (argc, argv);
  /* Those that are linked in, beside which the module's would be types of the same names. */
  GST_ELEMENT_REGISTER (p2psrc, NULL);
  GST_ELEMENT_REGISTER (p2psink, NULL);
  GST_ELEMENT_REGISTER (p2pbin, NULL);
  GST_ELEMENT_REGISTER (p2pframepay, NULL);
  GST_ELEMENT_REGISTER (p2pframedepay, NULL);
}

/* The stock elements keep a certificate and a key of their own for the life of the process. */
void
ends_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  /* Not warnings: the stock elements warn about peers that are gone. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  ends_init_elements (argc, argv);
  for (guint i = 0; i < G_N_ELEMENTS (transports); i++)
    {
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      const gchar *uri = test_signaling_get_uri (signaling);
      g_autoptr (End) receiver
          = end_play ("p2psrc name=p local-id=x signaling-uri=%s transport=%s ! " ENDS_TAKE, uri,
                      transports[i]);
      g_autoptr (End) sender
          = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=x signaling-uri=%s transport=%s",
                      uri, transports[i]);

      end_wait_taken (receiver, 1);
    }
}

/* --- waiting --- */

static guint
get_count (End *end, const guint *count)
{
  guint value;

  g_mutex_lock (&end->lock);
  value = *count;
  g_mutex_unlock (&end->lock);
  return value;
}

static GstP2pPeerState
get_state (End *end)
{
  gint state;

  g_object_get (end->p2p, "connection-state", &state, NULL);
  return (GstP2pPeerState)state;
}

void
end_wait_state (End *end, GstP2pPeerState state)
{
  TEST_WAIT_UNTIL (get_state (end) == state, ENDS_SOON_MS);
}

void
end_wait_connected (End *end, guint n)
{
  TEST_WAIT_UNTIL (get_count (end, &end->n_connected) >= n, ENDS_SOON_MS);
}

void
end_wait_disconnected (End *end, guint n)
{
  TEST_WAIT_UNTIL (get_count (end, &end->n_disconnected) >= n, ENDS_SOON_MS);
}

void
end_wait_eos (End *end)
{
  TEST_WAIT_UNTIL (get_count (end, &end->n_eos) > 0, ENDS_SOON_MS);
}

void
end_wait_taken (End *end, gint n)
{
  gint wanted = g_atomic_int_get (&end->n_taken) + n;

  TEST_WAIT_UNTIL (g_atomic_int_get (&end->n_taken) >= wanted, ENDS_SOON_MS);
}

/* --- what was said --- */

static void
check_first (End *end, GPtrArray *list, GQuark domain, gint code, const gchar *pattern)
{
  GError *error;

  g_mutex_lock (&end->lock);
  error = list->pdata[0];
  if (domain)
    g_assert_error (error, domain, code);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("\"%s\" is not like \"%s\"", error->message, pattern);
  g_mutex_unlock (&end->lock);
}

static void
let_time_pass (guint ms)
{
  gint64 until_us = test_wait_deadline (ms);

  while (test_wait_step (until_us))
    ;
}

void
end_expect_error (End *end, GQuark domain, gint code, const gchar *pattern, guint timeout_ms)
{
  TEST_WAIT_UNTIL (get_count (end, &end->errors->len) > 0, timeout_ms);
  check_first (end, end->errors, domain, code, pattern);
  let_time_pass (SILENCE_MS);
  end_set_state (end, GST_STATE_NULL);
  g_assert_cmpuint (end->errors->len, ==, 1);
}

void
end_expect_refusal (End *end, GQuark domain, gint code, const gchar *pattern)
{
  g_assert_cmpint (gst_element_set_state (end->pipeline, GST_STATE_PLAYING), ==,
                   GST_STATE_CHANGE_FAILURE);
  g_assert_cmpuint (end->errors->len, >, 0);
  check_first (end, end->errors, domain, code, pattern);
  gst_element_set_state (end->pipeline, GST_STATE_NULL);
  g_assert_cmpuint (end->errors->len, ==, 1);
}

void
end_expect_warning (End *end, GQuark domain, gint code, const gchar *pattern)
{
  TEST_WAIT_UNTIL (get_count (end, &end->warnings->len) > 0, ENDS_SOON_MS);
  check_first (end, end->warnings, domain, code, pattern);
  end_expect_no_error (end);
}

void
end_take_warning (End *end, GQuark domain, gint code, const gchar *pattern)
{
  end_expect_warning (end, domain, code, pattern);
  let_time_pass (SILENCE_MS);
  g_mutex_lock (&end->lock);
  g_assert_cmpuint (end->warnings->len, ==, 1);
  g_ptr_array_set_size (end->warnings, 0);
  g_mutex_unlock (&end->lock);
}

void
end_expect_no_warning (End *end)
{
  g_mutex_lock (&end->lock);
  if (end->warnings->len > 0)
    g_error ("a warning nobody expects: %s", ((GError *)end->warnings->pdata[0])->message);
  g_mutex_unlock (&end->lock);
}

void
end_expect_info (End *end, const gchar *pattern)
{
  TEST_WAIT_UNTIL (get_count (end, &end->infos->len) > 0, ENDS_SOON_MS);
  check_first (end, end->infos, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS, pattern);
  end_expect_no_error (end);
}

void
end_take_info (End *end, const gchar *pattern)
{
  TEST_WAIT_UNTIL (get_count (end, &end->infos->len) > 0, ENDS_SOON_MS);
  check_first (end, end->infos, 0, 0, pattern);
  g_mutex_lock (&end->lock);
  g_ptr_array_remove_index (end->infos, 0);
  g_mutex_unlock (&end->lock);
  end_expect_no_error (end);
}

void
end_expect_no_error (End *end)
{
  g_mutex_lock (&end->lock);
  if (end->errors->len > 0)
    g_error ("an error nobody expects: %s", ((GError *)end->errors->pdata[0])->message);
  g_mutex_unlock (&end->lock);
}
