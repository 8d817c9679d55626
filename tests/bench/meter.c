/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * meter: see meter.h.
 */
#include "tests/bench/meter.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

#define EVERY_US 100000

/* The adding thread's. */
static guint64 bytes_in_all;
static gint64 last_printed_us;

void
meter_end_with_parent (void)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
print (const gchar *event)
{
  printf ("{\"event\": \"%s\", \"us\": %" G_GINT64_FORMAT ", \"bytes\": %" G_GUINT64_FORMAT "}\n",
          event, g_get_monotonic_time (), bytes_in_all);
  fflush (stdout);
}

void
meter_call (void)
{
  print ("call");
}

void
meter_add (gsize bytes)
{
  gint64 now_us = g_get_monotonic_time ();

  bytes_in_all += bytes;
  if (last_printed_us == 0)
    print ("first");
  else if (now_us - last_printed_us < EVERY_US)
    return;
  else
    print ("bytes");
  last_printed_us = now_us;
}
