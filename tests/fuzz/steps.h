/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * steps: for targets that keep what is dear to make, a session or an association, from one input to
 * the next.
 *
 * An input is a row of steps, and a step a byte that says how, two of length, and as many bytes for
 * the network. What a step finds depends on the steps before it, so these are written to the file
 * history-<name>-<pid> of the working folder, which is removed at an orderly end. It is an input
 * itself: fed to a new process it leads to the same. Every STEPS_MAX_KEPT steps everything is
 * thrown away and the history begins anew, so that it stays short; an input that is run alone finds
 * everything new.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define STEPS_MAX_KEPT 1000

/**
 * StepsTarget:
 * @name: of the target
 * @step: @data is a block of its own, of exactly @size bytes
 * @reset: ends and checks everything that is kept; also called at the end of the process
 */
typedef struct
{
  const gchar *name;
  void (*step) (guint8 how, const guint8 *data, gsize size);
  void (*reset) (void);
} StepsTarget;

/* The same @target in all calls. */
void steps_run (const StepsTarget *target, const guint8 *data, gsize size);

/* A copy of @original with @edits, of three bytes each: where (modulo the size, in 15 bits), and
 * what is flipped there; or, with the first bit, the size that is left. @size: of the original,
 * then of the copy. */
guint8 *steps_edit (const guint8 *original, gsize *size, const guint8 *edits, gsize edits_size);

G_END_DECLS
