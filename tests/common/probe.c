/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe: see probe.h.
 */
#include "tests/common/probe.h"

struct _TestProbe
{
  /* const */
  GstPad *pad;
  gulong id;
  GstPadProbeCallback func;
  gpointer user_data;

  GMutex lock;
  GCond cond;
  /* lock */
  gboolean gone; /* and no call is under way */
};

static GstPadProbeReturn
on_probe (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  TestProbe *probe = user_data;

  return probe->func (pad, info, probe->user_data);
}

static void
on_gone (gpointer user_data)
{
  TestProbe *probe = user_data;

  g_mutex_lock (&probe->lock);
  probe->gone = TRUE;
  g_cond_signal (&probe->cond);
  g_mutex_unlock (&probe->lock);
}

TestProbe *
test_probe_new (GstPad *pad, GstPadProbeType types, GstPadProbeCallback func, gpointer user_data)
{
  TestProbe *probe = g_new0 (TestProbe, 1);

  probe->pad = gst_object_ref (pad);
  probe->func = func;
  probe->user_data = user_data;
  g_mutex_init (&probe->lock);
  g_cond_init (&probe->cond);
  probe->id = gst_pad_add_probe (pad, types, on_probe, probe, on_gone);
  return probe;
}

void
test_probe_free (TestProbe *probe)
{
  gst_pad_remove_probe (probe->pad, probe->id);
  g_mutex_lock (&probe->lock);
  while (!probe->gone)
    g_cond_wait (&probe->cond, &probe->lock);
  g_mutex_unlock (&probe->lock);

  gst_object_unref (probe->pad);
  g_mutex_clear (&probe->lock);
  g_cond_clear (&probe->cond);
  g_free (probe);
}
