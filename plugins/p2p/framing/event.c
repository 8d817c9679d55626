/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event: see event.h.
 */
#include "plugins/p2p/framing/event.h"

#include <gst/video/video.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/base/error.h"
#include "gst/p2p/frame/frame.h"
#include "gst/p2p/frame/hello.h"
#include "gst/p2p/frame/safetext.h"
#include "plugins/p2p/framing/time.h"

#define KEY_UNIT_NAME "GstForceKeyUnit"
#define NAVIGATION_NAME "application/x-gst-navigation"
#define RECONFIGURE_NAME "reconfigure"
#define SEGMENT_NAME "gst-p2p-segment"
#define LATENCY_NAME "gst-p2p-latency"
#define PROTECTION_NAME "gst-p2p-protection"
#define APPLICATION_PREFIX "application/x-gst-p2p-"

static GstClockTime
shift (GstClockTime time, gint64 offset)
{
  gint64 shifted;

  if (time > G_MAXINT64 || __builtin_add_overflow ((gint64)time, offset, &shifted) || shifted < 0)
    return GST_CLOCK_TIME_NONE;
  return shifted;
}

static gchar *
print_key_unit (GstClockTime running_time, gboolean all_headers, guint count)
{
  return g_strdup_printf (KEY_UNIT_NAME ", running-time=(guint64)%" G_GUINT64_FORMAT
                                        ", all-headers=(boolean)%s, count=(uint)%u",
                          running_time, all_headers ? "true" : "false", count);
}

static gchar *
print_custom (GstEvent *event)
{
  const GstStructure *structure = gst_event_get_structure (event);
  GstClockTime running_time;
  gboolean all_headers;
  guint count;

  if (!structure)
    return NULL;
  if (gst_video_event_parse_downstream_force_key_unit (event, NULL, NULL, &running_time,
                                                       &all_headers, &count))
    return print_key_unit (running_time, all_headers, count);
  if (g_str_has_prefix (gst_structure_get_name (structure), APPLICATION_PREFIX))
    return gst_p2p_frame_safetext_print_structure (structure, NULL);
  return NULL;
}

static gchar *
print_segment (GstEvent *event)
{
  g_autoptr (GstStructure) structure = NULL;
  const GstSegment *segment;
  GstSegment told;

  gst_event_parse_segment (event, &segment);
  gst_p2p_framing_time_tell (segment, &told);
  if (told.format == GST_FORMAT_BYTES)
    return g_strdup (SEGMENT_NAME ", format=(string)bytes");
  structure = gst_structure_new (SEGMENT_NAME, "format", G_TYPE_STRING, "time", "start",
                                 G_TYPE_UINT64, told.start, "stop", G_TYPE_UINT64, told.stop,
                                 "base", G_TYPE_UINT64, told.base, "time", G_TYPE_UINT64, told.time,
                                 "applied-rate", G_TYPE_DOUBLE, told.applied_rate, NULL);
  return gst_p2p_frame_safetext_print_structure (structure, NULL);
}

static guint64
get_time (const GstStructure *structure, const gchar *name, guint64 otherwise)
{
  guint64 time;

  return gst_structure_get_uint64 (structure, name, &time) && time <= G_MAXINT64 ? time : otherwise;
}

static void
take_segment (const GstStructure *structure, GstSegment *segment)
{
  gboolean bytes = g_strcmp0 (gst_structure_get_string (structure, "format"), "bytes") == 0;
  gdouble rate;

  gst_segment_init (segment, bytes ? GST_FORMAT_BYTES : GST_FORMAT_TIME);
  if (bytes)
    return;
  segment->start = segment->position = get_time (structure, "start", 0);
  segment->stop = get_time (structure, "stop", GST_CLOCK_TIME_NONE);
  segment->base = get_time (structure, "base", 0);
  segment->time = get_time (structure, "time", GST_CLOCK_TIME_NONE);
  if (gst_structure_get_double (structure, "applied-rate", &rate) && rate > 0)
    segment->applied_rate = rate;
}

gchar *
gst_p2p_framing_event_print_latency (GstClockTime latency)
{
  return g_strdup_printf (LATENCY_NAME ", latency=(guint64)%" G_GUINT64_FORMAT, latency);
}

static gchar *
print_protection (GstEvent *event)
{
  g_autoptr (GstStructure) structure = gst_structure_new_empty (PROTECTION_NAME);
  const gchar *system_id, *origin;
  GstBuffer *data;

  gst_event_parse_protection (event, &system_id, &data, &origin);
  gst_structure_set (structure, "system-id", G_TYPE_STRING, system_id, "data", GST_TYPE_BUFFER,
                     data, NULL);
  if (origin)
    gst_structure_set (structure, "origin", G_TYPE_STRING, origin, NULL);
  return gst_p2p_frame_safetext_print_structure (structure, NULL);
}

static GstEvent *
make_protection (const GstStructure *structure)
{
  const gchar *system_id = gst_structure_get_string (structure, "system-id");
  const GValue *data = gst_structure_get_value (structure, "data");

  if (!system_id || !data || !GST_VALUE_HOLDS_BUFFER (data))
    return NULL;
  return gst_event_new_protection (system_id, gst_value_get_buffer (data),
                                   gst_structure_get_string (structure, "origin"));
}

/* Prints @caps within the limit; if they are too long, without the stream headers, which also go as
 * buffers. */
static gchar *
print_caps (GstCaps *caps, GError **error)
{
  g_autoptr (GstCaps) smaller = NULL;
  g_autofree gchar *text = gst_p2p_frame_safetext_print_caps (caps, error);

  if (text && strlen (text) > GST_P2P_FRAME_MAX_CAPS)
    {
      g_clear_pointer (&text, g_free);
      smaller = gst_caps_copy (caps);
      for (guint i = 0; i < gst_caps_get_size (smaller); i++)
        gst_structure_remove_field (gst_caps_get_structure (smaller, i), "streamheader");
      text = gst_p2p_frame_safetext_print_caps (smaller, error);
    }
  if (text && strlen (text) > GST_P2P_FRAME_MAX_CAPS)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "The text is over the limit of 64 KiB");
      return NULL;
    }
  return g_steal_pointer (&text);
}

/* %NULL: the stream has no name. */
static GBytes *
write_stream_start (GstEvent *event)
{
  const gchar *id;
  GstStreamFlags flags;
  guint8 flags_be[4];
  GByteArray *object;
  const gchar *end;

  gst_event_parse_stream_start (event, &id);
  if (!*id) /* the receiver makes one */
    return NULL;
  g_utf8_validate (id, MIN (strlen (id), GST_P2P_FRAME_MAX_STREAM_START - sizeof flags_be),
                   &end); /* no half character at the end */
  object = g_byte_array_new ();
  gst_event_parse_stream_flags (event, &flags);
  gst_p2p_write_u32 (flags_be, flags);
  g_byte_array_append (object, flags_be, sizeof flags_be);
  g_byte_array_append (object, (const guint8 *)id, (guint)(end - id));
  return g_byte_array_free_to_bytes (object);
}

/* %NULL: the gap has no running time. */
static GBytes *
write_gap (GstEvent *event, const GstSegment *segment)
{
  GstP2pFrameGap gap = { .sent = GST_P2P_FRAME_NO_TIME };
  GstP2pFrameBuffer times = { 0 };
  GstClockTime pts;
  guint8 object[GST_P2P_FRAME_GAP_SIZE];

  gst_event_parse_gap (event, &pts, &times.duration);
  gst_p2p_framing_time_convert (segment, pts, GST_CLOCK_TIME_NONE, &times);
  if (times.pts == GST_P2P_FRAME_NO_TIME)
    return NULL;
  gap.pts = times.pts;
  gap.duration = times.duration;
  gst_p2p_frame_gap_write (&gap, object);
  return g_bytes_new (object, sizeof object);
}

gboolean
gst_p2p_framing_event_to_object (GstEvent *event, const GstSegment *segment, guint8 *kind,
                                 GBytes **object, GError **error)
{
  GstTagList *tags;
  GstCaps *caps;
  gchar *text = NULL;

  *kind = 0;
  *object = NULL;
  switch (GST_EVENT_TYPE (event))
    {
    case GST_EVENT_STREAM_START:
      *object = write_stream_start (event);
      *kind = *object ? GST_P2P_FRAME_STREAM_START : 0;
      return TRUE;
    case GST_EVENT_GAP:
      *object = write_gap (event, segment);
      *kind = *object ? GST_P2P_FRAME_GAP : 0;
      return TRUE;
    case GST_EVENT_EOS:
      *kind = GST_P2P_FRAME_EOS;
      return TRUE;
    case GST_EVENT_CAPS:
      gst_event_parse_caps (event, &caps);
      text = print_caps (caps, error);
      if (!text)
        return FALSE;
      *kind = GST_P2P_FRAME_CAPS;
      break;
    case GST_EVENT_TAG:
      gst_event_parse_tag (event, &tags);
      text = gst_p2p_frame_safetext_print_tags (tags);
      *kind = GST_P2P_FRAME_TAGS;
      break;
    case GST_EVENT_SEGMENT:
      text = print_segment (event);
      *kind = GST_P2P_FRAME_EVENT;
      break;
    case GST_EVENT_PROTECTION:
      text = print_protection (event);
      *kind = GST_P2P_FRAME_EVENT;
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      text = print_custom (event);
      *kind = GST_P2P_FRAME_EVENT;
      break;
    default: /* nothing that a receiver could use */
      return TRUE;
    }
  /* Tags and events that are too long are not worth an error. */
  if (text && strlen (text) <= GST_P2P_FRAME_MAX_TEXT)
    *object = g_bytes_new (text, strlen (text));
  else
    *kind = 0;
  g_free (text);
  return TRUE;
}

typedef gpointer (*ParseFunc) (const gchar *text, gsize size, guint *new_names, GError **error);

static gpointer
parse_text (const GstP2pFrameObject *object, ParseFunc parse, guint *new_names, GError **error)
{
  GstMapInfo map;
  gpointer result;

  if (!object->payload || !gst_buffer_map (object->payload, &map, GST_MAP_READ))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "A %s object without text",
                   gst_p2p_frame_kind_get_name (object->kind));
      return NULL;
    }
  result = parse ((const gchar *)map.data, map.size, new_names, error);
  gst_buffer_unmap (object->payload, &map);
  return result;
}

static void
get_key_unit (const GstStructure *structure, GstClockTime *running_time, gboolean *all_headers,
              guint *count)
{
  *running_time = GST_CLOCK_TIME_NONE;
  *all_headers = FALSE;
  *count = 0;
  gst_structure_get_uint64 (structure, "running-time", running_time);
  gst_structure_get_boolean (structure, "all-headers", all_headers);
  gst_structure_get_uint (structure, "count", count);
}

static GstEvent *
make_downstream (GstStructure *structure, GstP2pFramingEventContext *context)
{
  GstClockTime running_time, timestamp;
  gint64 time;
  gboolean all_headers;
  guint count;

  if (gst_structure_has_name (structure, KEY_UNIT_NAME))
    {
      get_key_unit (structure, &running_time, &all_headers, &count);
      time = running_time <= G_MAXINT64 ? (gint64)running_time : GST_P2P_FRAME_NO_TIME;
      timestamp = gst_p2p_framing_time_to_timestamp (&context->segment, time);
      return gst_video_event_new_downstream_force_key_unit (
          timestamp, gst_segment_to_stream_time (&context->segment, GST_FORMAT_TIME, timestamp),
          shift (running_time, context->offset), all_headers, count);
    }
  if (gst_structure_has_name (structure, PROTECTION_NAME))
    return make_protection (structure);
  if (gst_structure_has_name (structure, LATENCY_NAME))
    gst_structure_get_uint64 (structure, "latency", &context->latency);
  else if (gst_structure_has_name (structure, SEGMENT_NAME))
    take_segment (structure, &context->segment);
  else if (g_str_has_prefix (gst_structure_get_name (structure), APPLICATION_PREFIX))
    return gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_copy (structure));
  return NULL;
}

static GstEvent *
make_upstream (GstStructure *structure)
{
  GstClockTime running_time;
  gboolean all_headers;
  guint count;

  if (gst_structure_has_name (structure, KEY_UNIT_NAME))
    {
      get_key_unit (structure, &running_time, &all_headers, &count);
      return gst_video_event_new_upstream_force_key_unit (running_time, all_headers, count);
    }
  if (gst_structure_has_name (structure, RECONFIGURE_NAME))
    return gst_event_new_reconfigure ();
  if (gst_structure_has_name (structure, NAVIGATION_NAME)
      && gst_structure_get_string (structure, "event"))
    return gst_event_new_navigation (gst_structure_copy (structure));
  return NULL;
}

static GstEvent *
make_caps (const GstP2pFrameObject *object, guint *new_names, GError **error)
{
  g_autoptr (GstCaps) caps
      = parse_text (object, (ParseFunc)gst_p2p_frame_safetext_parse_caps, new_names, error);

  if (!caps)
    return NULL;
  if (!gst_caps_is_fixed (caps))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, "Caps of a stream are not fixed");
      return NULL;
    }
  return gst_event_new_caps (caps);
}

static GstEvent *
make_stream_start (const GstP2pFrameObject *object, guint group_id, GError **error)
{
  gsize size = gst_buffer_get_size (object->payload);
  g_autofree gchar *data = g_malloc0 (size + 1);
  const gchar *id = data + 4;
  GstEvent *event;

  gst_buffer_extract (object->payload, 0, data, size);
  if (size <= 4 || !g_utf8_validate_len (id, size - 4, NULL))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A stream id is empty or is not UTF-8");
      return NULL;
    }
  event = gst_event_new_stream_start (id);
  gst_event_set_stream_flags (
      event, gst_p2p_read_u32 ((const guint8 *)data)
                 & (GST_STREAM_FLAG_SPARSE | GST_STREAM_FLAG_SELECT | GST_STREAM_FLAG_UNSELECT));
  gst_event_set_group_id (event, group_id);
  return event;
}

/* A sender cannot know what names the receiving process has heard of. Where it has used up what is
 * allowed of new ones, tags and events with more are left out. */
static gboolean
is_surplus (const GstP2pFramingEventContext *context, GError **error)
{
  if (context->new_event_names > 0 || !g_error_matches (*error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT))
    return FALSE;
  g_clear_error (error);
  return TRUE;
}

gboolean
gst_p2p_framing_event_from_object (const GstP2pFrameObject *object,
                                   GstP2pFramingEventContext *context, GstEvent **event,
                                   GError **error)
{
  g_autoptr (GstStructure) structure = NULL;
  g_autoptr (GstTagList) tags = NULL;

  *event = NULL;
  switch (object->kind)
    {
    case GST_P2P_FRAME_STREAM_START:
      *event = make_stream_start (object, context->group_id, error);
      return *event != NULL;
    case GST_P2P_FRAME_CAPS:
      *event = make_caps (object, &context->new_names, error);
      return *event != NULL;
    case GST_P2P_FRAME_EOS:
      *event = gst_event_new_eos ();
      return TRUE;
    case GST_P2P_FRAME_TAGS:
      tags = parse_text (object, (ParseFunc)gst_p2p_frame_safetext_parse_tags,
                         &context->new_event_names, error);
      if (tags && !gst_tag_list_is_empty (tags))
        *event = gst_event_new_tag (gst_tag_list_ref (tags));
      return tags || is_surplus (context, error);
    case GST_P2P_FRAME_EVENT:
    case GST_P2P_FRAME_UPSTREAM:
      structure = parse_text (object, (ParseFunc)gst_p2p_frame_safetext_parse_structure,
                              &context->new_event_names, error);
      if (structure)
        *event = object->kind == GST_P2P_FRAME_EVENT ? make_downstream (structure, context)
                                                     : make_upstream (structure);
      return structure || is_surplus (context, error);
    default:
      return TRUE;
    }
}

/* %NULL: there is none, or it is over the limit. */
static gchar *
print_navigation (GstEvent *event)
{
  gchar *text = gst_p2p_frame_safetext_print_structure (gst_event_get_structure (event), NULL);

  if (text && strlen (text) > GST_P2P_FRAME_MAX_TEXT)
    g_clear_pointer (&text, g_free);
  return text;
}

gboolean
gst_p2p_framing_event_read_hello (const GstP2pFrameObject *object,
                                  GstP2pFramingEventContext *context, gchar **pad, guint *streams,
                                  GError **error)
{
  GstMapInfo map;
  gboolean parsed;

  if (object->seq != 0 || !object->payload || !gst_buffer_map (object->payload, &map, GST_MAP_READ))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "A HELLO is empty, or is not the first object");
      return FALSE;
    }
  parsed = gst_p2p_frame_hello_parse ((const gchar *)map.data, map.size, &context->new_names, pad,
                                      streams, error);
  gst_buffer_unmap (object->payload, &map);
  return parsed;
}

gchar *
gst_p2p_framing_event_print_upstream (GstEvent *event, gint64 offset)
{
  GstClockTime running_time;
  gboolean all_headers;
  guint count;

  switch (GST_EVENT_TYPE (event))
    {
    case GST_EVENT_RECONFIGURE:
      return g_strdup (RECONFIGURE_NAME);
    case GST_EVENT_NAVIGATION:
      return print_navigation (event);
    case GST_EVENT_CUSTOM_UPSTREAM:
      if (gst_video_event_parse_upstream_force_key_unit (event, &running_time, &all_headers,
                                                         &count))
        return print_key_unit (shift (running_time, offset), all_headers, count);
      return NULL;
    default:
      return NULL;
    }
}

gchar *
gst_p2p_framing_event_print_key_unit_request (void)
{
  return print_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0);
}

gboolean
gst_p2p_framing_event_is_key_unit_request (GstEvent *event)
{
  return GST_EVENT_TYPE (event) == GST_EVENT_CUSTOM_UPSTREAM
         && gst_video_event_is_force_key_unit (event);
}
