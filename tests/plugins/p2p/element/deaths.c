/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * deaths: the other end's process dies without a word. The survivor notices within 15 s: it posts
 * one error where nothing is left to do, or waits for the next, who is served as the first was; and
 * leaks nothing.
 *
 *   deaths [ROUNDS]        of six deaths each, at random moments; one round without
 *   deaths child PIPELINE  the victim
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/common/watchdog.h"
#include "tests/plugins/p2p/element/ends.h"

#define NOTICE_WITHIN_MS 15000

static guint n_rounds = 1;

/* Who survives, and what it does then. */
typedef struct
{
  gboolean sender;
  gboolean caller;
  const gchar *more;
  gboolean waits; /* for the next, or that was all */
} Fate;

static const Fate fates[] = {
  { FALSE, FALSE, "", FALSE },          { FALSE, FALSE, "keep-listening=true", TRUE },
  { FALSE, TRUE, "", FALSE },           { TRUE, FALSE, "", TRUE },
  { TRUE, FALSE, "max-peers=1", TRUE }, { TRUE, TRUE, "", FALSE },
};

typedef struct
{
  const Fate *fate;
  End *survivor;
  GPid victim;
  gchar *survivor_text;
  gchar *victim_text;
} Pair;

static gchar *
describe (gboolean sender, const gchar *properties)
{
  return sender ? g_strdup_printf (ENDS_ENDLESS "! p2psink name=p %s", properties)
                : g_strdup_printf ("p2psrc name=p %s ! " ENDS_TAKE, properties);
}

static GPid
spawn (const gchar *description)
{
  g_autofree gchar *program = g_file_read_link ("/proc/self/exe", NULL);
  const gchar *argv[] = { program, "child", description, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, (gchar **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

static void
kill_victim (Pair *pair)
{
  g_assert_cmpint (kill (pair->victim, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (pair->victim, NULL, 0), ==, pair->victim);
}

static void
pair_start (Pair *pair, const Fate *fate, guint number, const gchar *uri, const gchar *transport)
{
  g_autofree gchar *common = g_strdup_printf ("signaling-uri=%s transport=%s connect-timeout=%u",
                                              uri, transport, 20000 * test_slowdown ());
  g_autofree gchar *called
      = g_strdup_printf ("local-id=called%u %s %s", number, common, fate->caller ? "" : fate->more);
  g_autofree gchar *caller = g_strdup_printf ("local-id=caller%u remote-id=called%u %s %s", number,
                                              number, common, fate->caller ? fate->more : "");

  pair->fate = fate;
  pair->survivor_text = describe (fate->sender, fate->caller ? caller : called);
  pair->victim_text = describe (!fate->sender, fate->caller ? called : caller);
  pair->victim = spawn (pair->victim_text);
  pair->survivor = end_play ("%s", pair->survivor_text);
}

static void
pair_check (Pair *pair)
{
  End *survivor = pair->survivor;
  gint64 until_us = test_wait_deadline (NOTICE_WITHIN_MS);

  /* The next may come when the survivor knows that the first is gone; p2psink has room for many. */
  while (survivor->n_disconnected == 0)
    if (!test_wait_step (until_us))
      g_error ("nobody noticed");
  if (!pair->fate->waits)
    {
      end_expect_error (survivor, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
                        "*peer*not answer*", ENDS_SOON_MS);
      return;
    }
  end_take_warning (survivor, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
                    "*peer*not answer*");
  pair->victim = spawn (pair->victim_text);
  end_wait_connected (survivor, 2);
  if (!pair->fate->sender)
    end_wait_taken (survivor, 5);
  end_expect_no_error (survivor);
  kill_victim (pair);
}

static void
pair_free (Pair *pair)
{
  end_free (pair->survivor);
  g_free (pair->survivor_text);
  g_free (pair->victim_text);
}

/* All at once, since most of it is waiting. */
static void
test_open (const gchar *transport)
{
  test_watchdog_start (60 + 40 * n_rounds);
  for (guint round = 0; round < n_rounds; round++)
    {
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      const gchar *uri = test_signaling_get_uri (signaling);
      Pair pairs[G_N_ELEMENTS (fates)] = { 0 };

      for (guint i = 0; i < G_N_ELEMENTS (fates); i++)
        pair_start (&pairs[i], &fates[i], i, uri, transport);
      for (guint i = 0; i < G_N_ELEMENTS (fates); i++)
        {
          gint64 until_us;

          end_wait_connected (pairs[i].survivor, 1);
          until_us = g_get_monotonic_time () + g_test_rand_int_range (0, 100000);
          while (test_wait_step (until_us))
            ;
          kill_victim (&pairs[i]);
        }
      for (guint i = 0; i < G_N_ELEMENTS (fates); i++)
        pair_check (&pairs[i]);
      for (guint i = 0; i < G_N_ELEMENTS (fates); i++)
        pair_free (&pairs[i]);
    }
}

static int
be_victim (int argc, char **argv)
{
  g_autofree gchar *description = g_strdup (argv[2]);

  prctl (PR_SET_PDEATHSIG, SIGKILL); /* also if the test itself dies */
  ends_init_elements (&argc, &argv);
  end_play ("%s", description);
  for (;;)
    pause ();
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "child") == 0)
    return be_victim (argc, argv);
  ends_init (&argc, &argv);
  if (argc > 1)
    n_rounds = (guint)CLAMP (atoi (argv[1]), 1, 10000);
  ends_add ("open", test_open);
  return g_test_run ();
}
