/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error: see error.h.
 */
#include "gst/p2p/base/error.h"

/* clang-format off */
G_DEFINE_QUARK (gst-p2p-error-quark, gst_p2p_error)
/* clang-format on */
