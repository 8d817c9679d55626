/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificates: a small public key infrastructure, made when a test runs.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gchar *folder;
  gchar *ca_file;       /* signs both */
  gchar *good_file;     /* for localhost, 127.0.0.1 and ::1, with its key */
  gchar *good_key_file; /* that key alone */
  gchar *other_file;    /* for other.example, with its key */
  gchar *expired_file;  /* as good_file, but over */
} TestCertificates;

TestCertificates *test_certificates_new (void);
/* Deletes the files. */
void test_certificates_free (TestCertificates *certificates);

G_END_DECLS
