/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * debugfile: a file that an environment variable asks for, and with which anybody can read what was
 * encrypted: keys, decrypted packets.
 *
 * All connections of a process share one file per variable, and so may other processes: every
 * append is whole and goes to the end. A thread of its own writes, so that no caller waits for a
 * disk; what comes faster than that is dropped and counted in the log.
 *
 * Nothing is written unless the variable is set when a transport starts. If it is, the transport's
 * element says so, with a warning in the log and on the bus.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstP2pDebugFileKind:
 * @variable: of the environment; names the file
 * @what: begins a sentence: "The keys of this connection"
 * @head: what such a file begins with; nothing is written to a file that begins otherwise
 * @max_size: bytes; 0: no limit
 */
typedef struct
{
  const gchar *variable;
  const gchar *what;
  gconstpointer head;
  gsize head_size;
  guint64 max_size;
} GstP2pDebugFileKind;

typedef struct _GstP2pDebugFile GstP2pDebugFile;

/* @kind: static. A new file can be read and written by its owner alone. Warns on @element's bus,
 * also if the file cannot be used. %NULL: nothing is to be written. Any thread, under no lock. */
GstP2pDebugFile *gst_p2p_debug_file_open (const GstP2pDebugFileKind *kind, GstElement *element);
GstP2pDebugFile *gst_p2p_debug_file_ref (GstP2pDebugFile *file);
/* The last unref waits until everything is written. */
void gst_p2p_debug_file_unref (GstP2pDebugFile *file);

/* One record, in two parts. Any thread, also under a lock; waits for no disk. */
void gst_p2p_debug_file_append (GstP2pDebugFile *file, gconstpointer head, gsize head_size,
                                gconstpointer data, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pDebugFile, gst_p2p_debug_file_unref)

G_END_DECLS
