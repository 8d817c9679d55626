/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watchdog: a thread that waits for the deadline; then it signals one thread after another, whose
 * handler prints that thread's own stack.
 */
#include "tests/common/watchdog.h"

#include <dirent.h>
#include <execinfo.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIGNAL SIGUSR2

static GMutex lock;
static GCond changed;
/* lock */
static gint64 deadline_us;
static GThread *thread;

/* Between the dumping thread and the handler: one stack at a time. */
static sem_t stack_printed;

guint
test_slowdown (void)
{
  const gchar *value = g_getenv ("GST_P2P_TEST_SLOWDOWN");
  return value ? (guint)CLAMP (atoi (value), 1, 1000) : 1;
}

static void
on_stack_signal (int signal_number)
{
  void *frames[64];
  int n = backtrace (frames, G_N_ELEMENTS (frames));
  /* The first frames are this handler's. */
  backtrace_symbols_fd (frames + MIN (n, 2), MAX (n - 2, 0), STDERR_FILENO);
  sem_post (&stack_printed);
}

static void
print_name (pid_t tid)
{
  g_autofree gchar *path = g_strdup_printf ("/proc/self/task/%d/comm", tid);
  g_autofree gchar *name = NULL;

  g_file_get_contents (path, &name, NULL, NULL);
  fprintf (stderr, "--- thread %d %s", tid, name ? name : "\n");
  fflush (stderr);
}

static void
print_stack (pid_t tid)
{
  struct timespec until;

  print_name (tid);
  if (tid == (pid_t)syscall (SYS_gettid))
    return;
  syscall (SYS_tgkill, getpid (), tid, STACK_SIGNAL);
  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_sec += 1;
  sem_timedwait (&stack_printed, &until);
}

static void
print_all_stacks (void)
{
  DIR *tasks = opendir ("/proc/self/task");
  struct dirent *entry;

  while (tasks && (entry = readdir (tasks)))
    if (g_ascii_isdigit (entry->d_name[0]))
      print_stack (atoi (entry->d_name));
  if (tasks)
    closedir (tasks);
}

static gpointer
watch (gpointer data)
{
  g_mutex_lock (&lock);
  for (;;)
    {
      if (deadline_us == 0)
        g_cond_wait (&changed, &lock);
      else if (!g_cond_wait_until (&changed, &lock, deadline_us)
               && g_get_monotonic_time () >= deadline_us)
        break;
    }
  g_mutex_unlock (&lock);
  fprintf (stderr, "watchdog: time is over; where each thread is (see addr2line):\n");
  print_all_stacks ();
  abort ();
  return NULL;
}

static void
start_thread_locked (void)
{
  struct sigaction action = { .sa_handler = on_stack_signal, .sa_flags = SA_RESTART };
  void *frames[2];

  /* The first backtrace() loads a library, which a handler must not do. */
  backtrace (frames, G_N_ELEMENTS (frames));
  sem_init (&stack_printed, 0, 0);
  sigaction (STACK_SIGNAL, &action, NULL);
  thread = g_thread_new ("watchdog", watch, NULL);
}

void
test_watchdog_start (guint seconds)
{
  g_mutex_lock (&lock);
  deadline_us
      = seconds ? g_get_monotonic_time () + (gint64)seconds * test_slowdown () * G_USEC_PER_SEC : 0;
  if (!thread)
    start_thread_locked ();
  g_cond_signal (&changed);
  g_mutex_unlock (&lock);
}
