/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tsan: tells ThreadSanitizer what GLib's locks and threads do.
 *
 * GLib is not built with it, and its mutexes are futexes of its own, so that without this every
 * access under a GMutex looks like a race. These definitions come before GLib's for the program and
 * for what it loads, and call GLib's. Empty without ThreadSanitizer.
 */
#ifdef __SANITIZE_THREAD__

#define _GNU_SOURCE
#include <dlfcn.h>

#include <glib.h>
#include <sanitizer/tsan_interface.h>

#undef g_once_init_enter /* macros, too */
#undef g_once_init_leave

/* The function of this name in GLib. */
#define REAL(function) ((__typeof__ (&function))dlsym (RTLD_NEXT, #function))
#define EXPORT __attribute__ ((visibility ("default")))

EXPORT void
g_mutex_lock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_lock) real;

  if (!real)
    real = REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

EXPORT gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked = REAL (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

EXPORT void
g_mutex_unlock (GMutex *mutex)
{
  static __typeof__ (&g_mutex_unlock) real;

  if (!real)
    real = REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

EXPORT void
g_rec_mutex_lock (GRecMutex *mutex)
{
  REAL (g_rec_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

EXPORT void
g_rec_mutex_unlock (GRecMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_rec_mutex_unlock) (mutex);
}

EXPORT void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

EXPORT gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean in_time;

  __tsan_release (mutex);
  in_time = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return in_time;
}

typedef struct
{
  GThreadFunc function;
  gpointer data;
} Start;

static gpointer
begin (gpointer data)
{
  Start start = *(Start *)data;
  gpointer result;

  __tsan_acquire (data);
  g_free (data);
  result = start.function (start.data);
  __tsan_release (g_thread_self ());
  return result;
}

EXPORT GThread *
g_thread_new (const gchar *name, GThreadFunc function, gpointer data)
{
  Start *start = g_new (Start, 1);

  *start = (Start){ function, data };
  __tsan_release (start);
  return REAL (g_thread_new) (name, begin, start);
}

EXPORT gpointer
g_thread_join (GThread *thread)
{
  gpointer result = REAL (g_thread_join) (thread);

  __tsan_acquire (thread);
  return result;
}

EXPORT gboolean
g_once_init_enter (volatile void *location)
{
  gboolean first = REAL (g_once_init_enter) (location);

  if (!first)
    __tsan_acquire ((void *)location);
  return first;
}

EXPORT void
g_once_init_leave (volatile void *location, gsize result)
{
  __tsan_release ((void *)location);
  REAL (g_once_init_leave) (location, result);
}

/* Whoever drops the last reference comes after all that the others did. */
EXPORT gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  gboolean last;

  __tsan_release (count);
  last = REAL (g_atomic_ref_count_dec) (count);
  if (last)
    __tsan_acquire (count);
  return last;
}

/* From who attaches a source, or makes it ready, to the thread that runs it: its functions are
 * replaced by these, which come after that. */
typedef struct
{
  GSourceFuncs funcs; /* what the source gets */
  const GSourceFuncs *real;
} Handed;

static gboolean
prepare_handed (GSource *source, gint *timeout_ms)
{
  __tsan_acquire (source);
  return ((Handed *)source->source_funcs)->real->prepare (source, timeout_ms);
}

static gboolean
check_handed (GSource *source)
{
  __tsan_acquire (source);
  return ((Handed *)source->source_funcs)->real->check (source);
}

static gboolean
dispatch_handed (GSource *source, GSourceFunc callback, gpointer user_data)
{
  __tsan_acquire (source);
  return ((Handed *)source->source_funcs)->real->dispatch (source, callback, user_data);
}

/* The replacement for these functions, one for all sources of a kind. It is never freed. */
static const GSourceFuncs *
hand_over (const GSourceFuncs *real)
{
  static GMutex lock;
  static GHashTable *kinds; /* lock; GSourceFuncs → Handed */
  Handed *handed;

  g_mutex_lock (&lock);
  if (!kinds)
    kinds = g_hash_table_new (NULL, NULL);
  handed = g_hash_table_lookup (kinds, real);
  if (!handed)
    {
      handed = g_new (Handed, 1);
      *handed = (Handed){ *real, real };
      handed->funcs.prepare = real->prepare ? prepare_handed : NULL;
      handed->funcs.check = real->check ? check_handed : NULL;
      handed->funcs.dispatch = dispatch_handed;
      g_hash_table_insert (kinds, (gpointer)real, handed);
    }
  g_mutex_unlock (&lock);
  return &handed->funcs;
}

EXPORT guint
g_source_attach (GSource *source, GMainContext *context)
{
  source->source_funcs = hand_over (source->source_funcs);
  __tsan_release (source);
  return REAL (g_source_attach) (source, context);
}

EXPORT void
g_source_set_ready_time (GSource *source, gint64 ready_time_us)
{
  __tsan_release (source);
  REAL (g_source_set_ready_time) (source, ready_time_us);
}

/* A pool's function runs after the push of its data, one after the other if the pool has one
 * thread, and before the pool was freed. One token for all pools. */
static gint pooled;

typedef struct
{
  GFunc function;
  gpointer data;
} Pooled;

static void
run_pooled (gpointer data, gpointer user_data)
{
  Pooled *of = user_data;

  __tsan_acquire (&pooled);
  of->function (data, of->data);
  __tsan_release (&pooled);
}

/* What is made here is kept for as long as the program runs: a pool's free() cannot find it. */
EXPORT GThreadPool *
g_thread_pool_new (GFunc function, gpointer data, gint max_threads, gboolean exclusive,
                   GError **error)
{
  Pooled *of = g_new (Pooled, 1);

  *of = (Pooled){ function, data };
  return REAL (g_thread_pool_new) (run_pooled, of, max_threads, exclusive, error);
}

EXPORT gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  __tsan_release (&pooled);
  return REAL (g_thread_pool_push) (pool, data, error);
}

EXPORT void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  REAL (g_thread_pool_free) (pool, immediate, wait);
  __tsan_acquire (&pooled);
}

/* What passes through a queue, as in GstHarness. Both ends are calls from outside of GLib. */
EXPORT void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (queue);
  REAL (g_async_queue_push) (queue, data);
}

EXPORT gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

EXPORT gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout_us)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout_us);

  __tsan_acquire (queue);
  return data;
}

#else
/* ISO C forbids an empty file. */
typedef int Nothing;
#endif
