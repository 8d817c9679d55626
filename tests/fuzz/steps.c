/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * steps: see steps.h.
 */
#include "tests/fuzz/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "gst/p2p/base/bigendian.h"

#define HEADER_SIZE 3
#define EDIT_SIZE 3
#define EDIT_CUTS 0x8000

static struct
{
  const StepsTarget *target;
  guint n_kept; /* steps since the last reset */
  gchar *path;  /* of the history */
  int history;
} steps;

static void
on_process_end (void)
{
  steps.target->reset ();
  close (steps.history);
  g_unlink (steps.path);
  g_free (steps.path);
}

static void
begin (const StepsTarget *target)
{
  steps.target = target;
  steps.path = g_strdup_printf ("history-%s-%d", target->name, (int)getpid ());
  steps.history = g_open (steps.path, O_CREAT | O_WRONLY | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (steps.history < 0)
    g_error ("%s: %s", steps.path, g_strerror (errno));
  g_printerr ("The steps that lead to a crash are in %s\n", steps.path);
  atexit (on_process_end);
}

static void
begin_anew (void)
{
  steps.target->reset ();
  steps.n_kept = 0;
  if (ftruncate (steps.history, 0) != 0)
    g_error ("%s: %s", steps.path, g_strerror (errno));
}

/* By a call to the kernel, since the process may not come to write later. */
static void
remember (guint8 how, const guint8 *data, gsize size)
{
  g_autofree guint8 *step = g_malloc (HEADER_SIZE + size);

  step[0] = how;
  gst_p2p_write_u16 (step + 1, (guint16)size);
  if (size > 0)
    memcpy (step + HEADER_SIZE, data, size);
  if (write (steps.history, step, HEADER_SIZE + size) != (gssize)(HEADER_SIZE + size))
    g_error ("%s: %s", steps.path, g_strerror (errno));
}

void
steps_run (const StepsTarget *target, const guint8 *data, gsize size)
{
  if (!steps.target)
    begin (target);

  while (size >= HEADER_SIZE)
    {
      gsize length = MIN ((gsize)gst_p2p_read_u16 (data + 1), size - HEADER_SIZE);
      g_autofree guint8 *exact = g_memdup2 (data + HEADER_SIZE, length);

      if (steps.n_kept == STEPS_MAX_KEPT)
        begin_anew ();
      steps.n_kept++;
      remember (data[0], exact, length);
      target->step (data[0], exact, length);
      data += HEADER_SIZE + length;
      size -= HEADER_SIZE + length;
    }
}

guint8 *
steps_edit (const guint8 *original, gsize *size, const guint8 *edits, gsize edits_size)
{
  guint8 *copy = g_memdup2 (original, *size);

  for (; edits_size >= EDIT_SIZE && *size > 0; edits += EDIT_SIZE, edits_size -= EDIT_SIZE)
    {
      guint where = gst_p2p_read_u16 (edits);

      if (where & EDIT_CUTS)
        *size = (where & ~EDIT_CUTS) % *size;
      else
        copy[where % *size] ^= edits[2];
    }
  /* Again of exactly its size. */
  return g_realloc (copy, *size);
}
