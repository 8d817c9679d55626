/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * debugfile: see debugfile.h.
 */
#define _GNU_SOURCE /* secure_getenv */
#include "plugins/p2p/transport/debugfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gst/p2p/base/error.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/worker.h"

#define GST_CAT_DEFAULT gst_p2p_transport_debug

/* At several hundred Mbit/s these are a tenth of a second. */
#define MAX_WAITING (8 * 1024 * 1024)
#define MAX_HEAD 64

struct _GstP2pDebugFile
{
  /* const */
  const GstP2pDebugFileKind *kind;
  gchar *path;
  gint fd;
  GstP2pWorker *worker;

  /* the lock of `files` */
  guint n_refs;

  /* the worker; whoever closes the file after it */
  GByteArray *writing;

  GMutex lock;
  /* lock */
  GByteArray *waiting;
  guint64 n_dropped;
  gboolean failed; /* nothing is written any more */
};

/* Process-wide, as the environment is. */
static struct
{
  GMutex lock;
  /* lock */
  GSList *open; /* GstP2pDebugFile, borrowed */
} files;

/* --- writing --- */

static gboolean
write_all (gint fd, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gssize written = write (fd, data, size);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      data += written;
      size -= written;
    }
  return TRUE;
}

/* Writes out @file's `writing`. Returns why that failed; %NULL: it did not. */
static const gchar *
write_out (GstP2pDebugFile *file)
{
  guint64 max_size = file->kind->max_size;

  if (max_size > 0 && (guint64)lseek (file->fd, 0, SEEK_END) + file->writing->len > max_size)
    return "it is as large as it may be";
  return write_all (file->fd, file->writing->data, file->writing->len) ? NULL : g_strerror (errno);
}

static gint64
on_work (gpointer data)
{
  GstP2pDebugFile *file = data;
  GByteArray *taken;
  const gchar *reason;
  guint64 n_dropped;

  g_mutex_lock (&file->lock);
  taken = file->waiting;
  file->waiting = file->writing;
  file->writing = taken;
  n_dropped = file->n_dropped;
  file->n_dropped = 0;
  g_mutex_unlock (&file->lock);

  if (n_dropped > 0)
    GST_WARNING_ID (file->path, "%" G_GUINT64_FORMAT " records came too fast", n_dropped);
  reason = taken->len > 0 ? write_out (file) : NULL;
  g_byte_array_set_size (taken, 0);
  if (reason)
    {
      GST_WARNING_ID (file->path, "nothing more is written: %s", reason);
      g_mutex_lock (&file->lock);
      file->failed = TRUE;
      g_mutex_unlock (&file->lock);
    }
  return -1;
}

void
gst_p2p_debug_file_append (GstP2pDebugFile *file, gconstpointer head, gsize head_size,
                           gconstpointer data, gsize size)
{
  gboolean wake = FALSE;

  g_mutex_lock (&file->lock);
  if (!file->failed && file->waiting->len + head_size + size > MAX_WAITING)
    {
      file->n_dropped++;
    }
  else if (!file->failed)
    {
      wake = file->waiting->len == 0;
      g_byte_array_append (file->waiting, head, head_size);
      g_byte_array_append (file->waiting, data, size);
    }
  g_mutex_unlock (&file->lock);
  if (wake)
    gst_p2p_worker_wake (file->worker);
}

/* --- life --- */

/* Writes @kind's head if the file is empty, else compares. */
static gboolean
check_head (const GstP2pDebugFileKind *kind, gint fd, GError **error)
{
  guint8 head[MAX_HEAD];
  struct stat facts;

  if (fstat (fd, &facts) < 0 || !S_ISREG (facts.st_mode))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, "it is no regular file");
      return FALSE;
    }
  if (facts.st_size == 0 && !write_all (fd, kind->head, kind->head_size))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, g_strerror (errno));
      return FALSE;
    }
  if (facts.st_size > 0
      && (pread (fd, head, kind->head_size, 0) != (gssize)kind->head_size
          || memcmp (head, kind->head, kind->head_size) != 0))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "there is something else in it");
      return FALSE;
    }
  return TRUE;
}

/* Opens the file without waiting for the reader of a pipe. The lock keeps another process from
 * finding the same file empty. */
static gint
open_path (const GstP2pDebugFileKind *kind, const gchar *path, GError **error)
{
  gint fd = open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                  S_IRUSR | S_IWUSR);
  gboolean fine;

  if (fd < 0)
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS, g_strerror (errno));
      return -1;
    }
  flock (fd, LOCK_EX);
  fine = check_head (kind, fd, error);
  flock (fd, LOCK_UN);
  if (fine)
    return fd;
  close (fd);
  return -1;
}

static GstP2pDebugFile *
find_locked (const GstP2pDebugFileKind *kind, const gchar *path)
{
  for (GSList *item = files.open; item; item = item->next)
    {
      GstP2pDebugFile *file = item->data;

      if (file->kind == kind && g_str_equal (file->path, path))
        return file;
    }
  return NULL;
}

static GstP2pDebugFile *
make_locked (const GstP2pDebugFileKind *kind, const gchar *path, GError **error)
{
  gint fd = open_path (kind, path, error);
  GstP2pDebugFile *file;

  if (fd < 0)
    return NULL;
  file = g_new0 (GstP2pDebugFile, 1);
  file->kind = kind;
  file->path = g_strdup (path);
  file->fd = fd;
  file->writing = g_byte_array_new ();
  file->waiting = g_byte_array_new ();
  g_mutex_init (&file->lock);
  file->worker = gst_p2p_worker_new ("p2p-debug-file", on_work, file);
  gst_p2p_worker_start (file->worker, NULL);
  files.open = g_slist_prepend (files.open, file);
  return file;
}

GstP2pDebugFile *
gst_p2p_debug_file_open (const GstP2pDebugFileKind *kind, GstElement *element)
{
  const gchar *path = secure_getenv (kind->variable);
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  GstP2pDebugFile *file;

  if (!path || !*path)
    return NULL;
  gst_p2p_log_init ();
  g_mutex_lock (&files.lock);
  file = find_locked (kind, path);
  if (!file)
    file = make_locked (kind, path, &error);
  if (file)
    file->n_refs++;
  g_mutex_unlock (&files.lock);

  text = file ? g_strdup_printf ("%s are written to %s, because %s is set. Whoever reads that file "
                                 "can read what is sent.",
                                 kind->what, path, kind->variable)
              : g_strdup_printf ("%s cannot be written to %s, as %s asks for: %s.", kind->what,
                                 path, kind->variable, error->message);
  GST_ELEMENT_WARNING (element, RESOURCE, SETTINGS, ("%s", text), (NULL));
  return file;
}

GstP2pDebugFile *
gst_p2p_debug_file_ref (GstP2pDebugFile *file)
{
  g_mutex_lock (&files.lock);
  file->n_refs++;
  g_mutex_unlock (&files.lock);
  return file;
}

void
gst_p2p_debug_file_unref (GstP2pDebugFile *file)
{
  gboolean last;

  g_mutex_lock (&files.lock);
  last = --file->n_refs == 0;
  if (last)
    files.open = g_slist_remove (files.open, file);
  g_mutex_unlock (&files.lock);
  if (!last)
    return;

  gst_p2p_worker_stop (file->worker);
  on_work (file);
  gst_p2p_worker_free (file->worker);
  close (file->fd);
  g_byte_array_unref (file->writing);
  g_byte_array_unref (file->waiting);
  g_mutex_clear (&file->lock);
  g_free (file->path);
  g_free (file);
}
