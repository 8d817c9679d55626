/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * meter: what the programs of a benchmark print, the same for all of them:
 *
 *   {"event": "call", "us": …}                  sender: the connection begins to be made
 *   {"event": "first", "us": …}                 receiver: the first message is there
 *   {"event": "bytes", "us": …, "bytes": …}     receiver: ten times per second, in all
 *
 * "us" is the monotonic clock. Who runs the benchmark reads CPU time and memory from outside.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void meter_call (void);
/* From one thread at a time. */
void meter_add (gsize bytes);

/* The program is of use only as long as the one that started it; kills it afterwards. First thing
 * in main(). */
void meter_end_with_parent (void);

G_END_DECLS
