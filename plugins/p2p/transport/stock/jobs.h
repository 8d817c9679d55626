/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jobs: what may block or send, one after the other on a thread that is made when there is work.
 *
 * Much of what happens is told under a lock of SCTP's, or on a thread for which others wait: there
 * nothing may be sent, and what follows becomes a job.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _GstP2pStockJobs GstP2pStockJobs;

/* @object and @user_data are those that push() was given. */
typedef void (*GstP2pStockJobFunc) (gpointer object, gpointer user_data);

/* @owner (nullable): for whom the thread works (plugins/p2p/base/owner.h). */
GstP2pStockJobs *gst_p2p_stock_jobs_new (gconstpointer owner);
/* Stops first. */
void gst_p2p_stock_jobs_free (GstP2pStockJobs *jobs);

/* @object: (nullable): a GObject, referenced until the job is done. After stop() nothing happens.
 * Any thread, also under a lock. */
void gst_p2p_stock_jobs_push (GstP2pStockJobs *jobs, GstP2pStockJobFunc func, gpointer object,
                              gpointer user_data);

/* Waits until every job is done; there will be no more. Can be called twice; not from a job. */
void gst_p2p_stock_jobs_stop (GstP2pStockJobs *jobs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pStockJobs, gst_p2p_stock_jobs_free)

G_END_DECLS
