/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A program of everything. It does nothing: that it links says that no name is defined twice. */

int
main (void)
{
  return 0;
}
