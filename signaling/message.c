/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message: see message.h.
 */
#include "signaling/message.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/link/candidate.h"
#include "gst/p2p/link/identity.h"
#include "gst/p2p/link/names.h"
#include "signaling/jsontext.h"

#define MAX_CODE 64

static const gchar *const type_names[] = {
  [GST_P2P_SIGNALING_BIND] = "bind",       [GST_P2P_SIGNALING_BOUND] = "bound",
  [GST_P2P_SIGNALING_CONNECT] = "connect", [GST_P2P_SIGNALING_CANDIDATE] = "candidate",
  [GST_P2P_SIGNALING_BYE] = "bye",         [GST_P2P_SIGNALING_ERROR] = "error",
};

G_DEFINE_BOXED_TYPE (GstP2pSignalingMessage, gst_p2p_signaling_message,
                     gst_p2p_signaling_message_ref, gst_p2p_signaling_message_unref)

GstP2pSignalingMessage *
gst_p2p_signaling_message_new (GstP2pSignalingType type)
{
  GstP2pSignalingMessage *message = g_new0 (GstP2pSignalingMessage, 1);

  g_atomic_ref_count_init (&message->ref_count);
  message->type = type;
  return message;
}

GstP2pSignalingMessage *
gst_p2p_signaling_message_ref (GstP2pSignalingMessage *message)
{
  g_atomic_ref_count_inc (&message->ref_count);
  return message;
}

void
gst_p2p_signaling_message_unref (GstP2pSignalingMessage *message)
{
  if (!g_atomic_ref_count_dec (&message->ref_count))
    return;
  g_free (message->id);
  gst_p2p_secret_text_free (message->token);
  gst_p2p_secret_text_free (message->resume);
  g_free (message->from);
  g_free (message->to);
  g_free (message->session);
  g_clear_pointer (&message->description, gst_p2p_description_unref);
  g_free (message->candidate);
  g_free (message->reason);
  g_free (message->code);
  g_free (message->message);
  gst_p2p_signaling_ice_servers_free (message->ice_servers);
  g_free (message);
}

static GstP2pSignalingMessage *
new_relayed (GstP2pSignalingType type, const gchar *from, const gchar *to, const gchar *session)
{
  GstP2pSignalingMessage *message = gst_p2p_signaling_message_new (type);

  message->from = g_strdup (from);
  message->to = g_strdup (to);
  message->session = g_strdup (session);
  return message;
}

GstP2pSignalingMessage *
gst_p2p_signaling_message_new_connect (const gchar *from, const gchar *to, const gchar *session,
                                       GstP2pDescription *description)
{
  GstP2pSignalingMessage *message = new_relayed (GST_P2P_SIGNALING_CONNECT, from, to, session);

  message->description = gst_p2p_description_ref (description);
  return message;
}

GstP2pSignalingMessage *
gst_p2p_signaling_message_new_candidate (const gchar *from, const gchar *to, const gchar *session,
                                         const gchar *candidate)
{
  GstP2pSignalingMessage *message = new_relayed (GST_P2P_SIGNALING_CANDIDATE, from, to, session);

  message->candidate = g_strdup (candidate);
  return message;
}

/* At most @max bytes, cut between characters. */
static gchar *
cut (const gchar *text, gsize max)
{
  const gchar *end;

  if (!text || strlen (text) <= max)
    return g_strdup (text);
  end = g_utf8_find_prev_char (text, text + max + 1);
  return g_strndup (text, end ? end - text : 0);
}

GstP2pSignalingMessage *
gst_p2p_signaling_message_new_bye (const gchar *from, const gchar *to, const gchar *session,
                                   const gchar *reason)
{
  GstP2pSignalingMessage *message = new_relayed (GST_P2P_SIGNALING_BYE, from, to, session);

  message->reason = cut (reason, GST_P2P_SIGNALING_MAX_REASON);
  return message;
}

GstP2pSignalingMessage *
gst_p2p_signaling_message_new_error (const gchar *code, const gchar *text,
                                     const GstP2pSignalingMessage *about)
{
  GstP2pSignalingMessage *message = gst_p2p_signaling_message_new (GST_P2P_SIGNALING_ERROR);

  message->code = g_strdup (code);
  message->message = cut (text, GST_P2P_SIGNALING_MAX_REASON);
  if (about)
    {
      message->to = g_strdup (about->to);
      message->session = g_strdup (about->session);
    }
  return message;
}

/* --- parse --- */

static gboolean
fail (GError **error, const gchar *what)
{
  g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID, what);
  return FALSE;
}

static gboolean
get_id (JsonObject *object, const gchar *member, gboolean required, gchar **value, GError **error)
{
  /* No limit here: an id that is too long is answered as an invalid one. */
  if (!gst_p2p_signaling_json_get_string (object, member, required, G_MAXSIZE, value, error))
    return FALSE;
  if (*value && !gst_p2p_id_is_valid (*value))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_INVALID,
                   "\"%s\" is not an id: 1 to %d of A-Z a-z 0-9 . _ ~ -", member,
                   GST_P2P_MAX_ID_LENGTH);
      return FALSE;
    }
  return TRUE;
}

static gboolean
get_session (JsonObject *object, gboolean required, gchar **value, GError **error)
{
  if (!gst_p2p_signaling_json_get_string (object, "session", required, GST_P2P_SESSION_LENGTH,
                                          value, error))
    return FALSE;
  if (*value && !gst_p2p_session_is_valid (*value))
    return fail (error, "\"session\" is not 128 bits in hex");
  return TRUE;
}

static gboolean
get_framings (JsonObject *object, GStrv *framings, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonNode *node = json_object_get_member (object, "framings");
  JsonArray *array;

  if (!node)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, "\"framings\" is not a list");
  array = json_node_get_array (node);
  if (json_array_get_length (array) > GST_P2P_MAX_FRAMINGS)
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT, "More than %d framings",
                   GST_P2P_MAX_FRAMINGS);
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *framing = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (framing) || json_node_get_value_type (framing) != G_TYPE_STRING
          || strlen (json_node_get_string (framing)) > GST_P2P_MAX_FRAMING_LENGTH)
        return fail (error, "\"framings\" is not a list of names");
      g_strv_builder_add (builder, json_node_get_string (framing));
    }
  *framings = g_strv_builder_end (builder);
  return TRUE;
}

static GstP2pDescription *
parse_description (JsonObject *object, GError **error)
{
  g_autofree gchar *ufrag = NULL;
  g_autofree gchar *pwd = NULL;
  g_autofree gchar *fingerprint = NULL;
  g_auto (GStrv) framings = NULL;
  gint64 sctp_port = GST_P2P_DEFAULT_SCTP_PORT;
  gint64 max_message_size = GST_P2P_DEFAULT_MAX_MESSAGE_SIZE;
  gint64 max_frame_size = GST_P2P_DEFAULT_MAX_FRAME_SIZE;
  gint64 max_in_flight = GST_P2P_DEFAULT_MAX_IN_FLIGHT;
  GstP2pDescriptionLimits limits;

  if (!gst_p2p_signaling_json_get_string (object, "ufrag", TRUE, GST_P2P_MAX_ICE_CHARS, &ufrag,
                                          error)
      || !gst_p2p_signaling_json_get_string (object, "pwd", TRUE, GST_P2P_MAX_ICE_CHARS, &pwd,
                                             error)
      || !gst_p2p_signaling_json_get_string (object, "fingerprint", TRUE,
                                             GST_P2P_FINGERPRINT_LENGTH, &fingerprint, error)
      || !gst_p2p_signaling_json_get_integer (object, "sctp-port", 1, G_MAXUINT16, &sctp_port,
                                              error)
      || !gst_p2p_signaling_json_get_integer (object, "max-message-size", 0, G_MAXINT64,
                                              &max_message_size, error)
      || !gst_p2p_signaling_json_get_integer (object, "max-frame-size", 1, G_MAXINT64,
                                              &max_frame_size, error)
      || !gst_p2p_signaling_json_get_integer (object, "max-in-flight", GST_P2P_MIN_MAX_IN_FLIGHT,
                                              G_MAXINT64, &max_in_flight, error)
      || !get_framings (object, &framings, error))
    return NULL;
  limits = (GstP2pDescriptionLimits){ max_message_size, max_frame_size, max_in_flight };
  return gst_p2p_description_new (ufrag, pwd, fingerprint, sctp_port, &limits,
                                  (const gchar *const *)framings, error);
}

static gboolean
get_description (JsonObject *object, GstP2pDescription **description, GError **error)
{
  JsonNode *node = json_object_get_member (object, "sdp");

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, "\"sdp\" is missing or not an object");
  *description = parse_description (json_node_get_object (node), error);
  return *description != NULL;
}

static gboolean
get_candidate (JsonObject *object, gchar **candidate, GError **error)
{
  return gst_p2p_signaling_json_get_string (object, "candidate", TRUE, GST_P2P_MAX_CANDIDATE_LENGTH,
                                            candidate, error)
         && gst_p2p_candidate_validate (*candidate, error);
}

static gboolean
get_ice_servers (JsonObject *object, GstP2pSignalingIceServers **servers, GError **error)
{
  JsonNode *node = json_object_get_member (object, "ice-servers");

  if (!node)
    {
      *servers = gst_p2p_signaling_ice_servers_new ();
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, "\"ice-servers\" is not a list");
  *servers = gst_p2p_signaling_ice_servers_new_from_json (json_node_get_array (node), error);
  return *servers != NULL;
}

static gboolean
get_text (JsonObject *object, const gchar *member, gboolean required, gchar **value, GError **error)
{
  return gst_p2p_signaling_json_get_string (object, member, required, GST_P2P_SIGNALING_MAX_REASON,
                                            value, error);
}

/* What a server looks at, too. */
static gboolean
parse_members (GstP2pSignalingMessage *message, JsonObject *object, GError **error)
{
  switch (message->type)
    {
    case GST_P2P_SIGNALING_BIND:
      return get_id (object, "id", TRUE, &message->id, error)
             && get_text (object, "token", FALSE, &message->token, error)
             && get_text (object, "resume", FALSE, &message->resume, error);
    case GST_P2P_SIGNALING_BOUND:
      return get_id (object, "id", TRUE, &message->id, error)
             && get_text (object, "resume", TRUE, &message->resume, error)
             && get_ice_servers (object, &message->ice_servers, error);
    case GST_P2P_SIGNALING_CONNECT:
    case GST_P2P_SIGNALING_CANDIDATE:
    case GST_P2P_SIGNALING_BYE:
      return get_id (object, "from", TRUE, &message->from, error)
             && get_id (object, "to", TRUE, &message->to, error)
             && get_session (object, TRUE, &message->session, error)
             && (message->type != GST_P2P_SIGNALING_BYE
                 || get_text (object, "reason", TRUE, &message->reason, error));
    case GST_P2P_SIGNALING_ERROR:
      return gst_p2p_signaling_json_get_string (object, "code", TRUE, MAX_CODE, &message->code,
                                                error)
             && get_text (object, "message", FALSE, &message->message, error)
             && get_id (object, "to", FALSE, &message->to, error)
             && get_session (object, FALSE, &message->session, error);
    }
  return FALSE;
}

static gboolean
parse_type (JsonObject *object, GstP2pSignalingType *type, GError **error)
{
  g_autofree gchar *name = NULL;

  if (!gst_p2p_signaling_json_get_string (object, "type", TRUE, MAX_CODE, &name, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_str_equal (name, type_names[i]))
      {
        *type = i;
        return TRUE;
      }
  return fail (error, "\"type\" is not one of this protocol's");
}

GstP2pSignalingMessage *
gst_p2p_signaling_message_parse (const gchar *text, gsize length, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GstP2pSignalingMessage) message = NULL;
  JsonObject *object;
  GstP2pSignalingType type;

  node = gst_p2p_signaling_json_text_parse (text, length, GST_P2P_SIGNALING_MAX_MESSAGE, error);
  if (!node)
    return NULL;
  object = json_node_get_object (node);
  if (!parse_type (object, &type, error))
    return NULL;
  message = gst_p2p_signaling_message_new (type);
  if (!parse_members (message, object, error))
    return NULL;
  if (type == GST_P2P_SIGNALING_CONNECT && !get_description (object, &message->description, error))
    return NULL;
  if (type == GST_P2P_SIGNALING_CANDIDATE && !get_candidate (object, &message->candidate, error))
    return NULL;
  return g_steal_pointer (&message);
}

/* Which code answers a message whose members are wrong. */
static const gchar *
code_of_members (JsonObject *object, const GError *error)
{
  static const gchar *const ids[] = { "id", "from", "to" };

  if (g_error_matches (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT))
    return GST_P2P_SIGNALING_TOO_LARGE;
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      JsonNode *node = json_object_get_member (object, ids[i]);

      if (node && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
          && !gst_p2p_id_is_valid (json_node_get_string (node)))
        return GST_P2P_SIGNALING_ID_INVALID;
    }
  return GST_P2P_SIGNALING_BAD_MESSAGE;
}

/* json-glib 1.6 takes 1e999 for a number and prints what is not JSON: no client may get that. */
static gboolean
print_relay (JsonNode *node, gchar **relay, GError **error)
{
  g_autofree gchar *text = json_to_string (node, FALSE);

  if (!gst_p2p_signaling_json_text_check (text, strlen (text), GST_P2P_SIGNALING_MAX_MESSAGE,
                                          error))
    return FALSE;
  *relay = g_steal_pointer (&text);
  return TRUE;
}

GstP2pSignalingMessage *
gst_p2p_signaling_message_parse_envelope (const gchar *text, gsize length, gchar **relay,
                                          const gchar **code, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GstP2pSignalingMessage) message = NULL;
  JsonObject *object;
  GstP2pSignalingType type;

  *relay = NULL;
  *code = GST_P2P_SIGNALING_BAD_MESSAGE;
  node = gst_p2p_signaling_json_text_parse (text, length, GST_P2P_SIGNALING_MAX_MESSAGE, &problem);
  if (!node)
    goto failed;
  object = json_node_get_object (node);
  if (!parse_type (object, &type, &problem))
    {
      if (json_object_has_member (object, "type"))
        *code = GST_P2P_SIGNALING_UNSUPPORTED;
      goto failed;
    }
  message = gst_p2p_signaling_message_new (type);
  if (!parse_members (message, object, &problem))
    {
      *code = code_of_members (object, problem);
      goto failed;
    }
  if (!message->to || type == GST_P2P_SIGNALING_ERROR || print_relay (node, relay, &problem))
    return g_steal_pointer (&message);

failed:
  if (g_error_matches (problem, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT))
    *code = GST_P2P_SIGNALING_TOO_LARGE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* --- print --- */

static void
set_string (JsonObject *object, const gchar *member, const gchar *value)
{
  if (value)
    json_object_set_string_member (object, member, value);
}

static JsonObject *
print_description (GstP2pDescription *description)
{
  const gchar *const *framings = gst_p2p_description_get_framings (description);
  guint32 max_message_size = gst_p2p_description_get_max_message_size (description);
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  set_string (object, "ufrag", gst_p2p_description_get_ufrag (description));
  set_string (object, "pwd", gst_p2p_description_get_pwd (description));
  set_string (object, "fingerprint", gst_p2p_description_get_fingerprint (description));
  json_object_set_int_member (object, "sctp-port", gst_p2p_description_get_sctp_port (description));
  /* "No limit" is written as RFC 8841 writes it. */
  json_object_set_int_member (object, "max-message-size",
                              max_message_size == G_MAXUINT32 ? 0 : max_message_size);
  json_object_set_int_member (object, "max-frame-size",
                              gst_p2p_description_get_max_frame_size (description));
  json_object_set_int_member (object, "max-in-flight",
                              gst_p2p_description_get_max_in_flight (description));
  for (; framings && *framings; framings++)
    json_array_add_string_element (array, *framings);
  json_object_set_array_member (object, "framings", array);
  return object;
}

gchar *
gst_p2p_signaling_message_print (const GstP2pSignalingMessage *message)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  JsonObject *object = json_object_new ();

  json_node_init_object (node, object);
  json_object_unref (object);
  set_string (object, "type", type_names[message->type]);
  set_string (object, "id", message->id);
  set_string (object, "token", message->token);
  set_string (object, "resume", message->resume);
  set_string (object, "from", message->from);
  set_string (object, "to", message->to);
  set_string (object, "session", message->session);
  if (message->description)
    json_object_set_object_member (object, "sdp", print_description (message->description));
  set_string (object, "candidate", message->candidate);
  set_string (object, "reason", message->reason);
  set_string (object, "code", message->code);
  set_string (object, "message", message->message);
  if (message->ice_servers)
    json_object_set_array_member (object, "ice-servers",
                                  gst_p2p_signaling_ice_servers_to_json (message->ice_servers));
  return json_to_string (node, FALSE);
}
