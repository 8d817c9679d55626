/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tidings: what a switchboard reports, on its way to the element: from the control thread to the
 * one on which applications are told (plugins/p2p/base/herald.h).
 */
#pragma once

#include "plugins/p2p/base/herald.h"
#include "plugins/p2p/control/switchboard.h"

G_BEGIN_DECLS

/* For whom; outlives the switchboard. */
typedef struct
{
  /* const */
  GstElement *element; /* the data of the functions */
  const GstP2pSwitchboardFuncs *funcs;

  /* control thread */
  GstP2pHerald *herald; /* while there is a switchboard; a reference */
} GstP2pTidings;

/* To be called by a switchboard with a GstP2pTidings as data. They return when the element's
 * functions have, unless the herald is in a hurry: then @accept_peer refuses. */
extern const GstP2pSwitchboardFuncs gst_p2p_tidings_funcs;

G_END_DECLS
