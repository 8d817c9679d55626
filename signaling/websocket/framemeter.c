/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * framemeter: see framemeter.h.
 */
#include "signaling/websocket/framemeter.h"

#include <string.h>

#define FIN 0x80
#define OPCODE 0x0f
#define CONTROL_FRAME 0x08
#define PING 0x09
#define MASKED 0x80
#define LENGTH 0x7f
#define MAX_CONTROL_FRAME 125

/* How long the header is, as far as its first two bytes tell. */
static guint
header_size (const guint8 *header)
{
  guint length = header[1] & LENGTH;

  return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (header[1] & MASKED ? 4 : 0);
}

static guint64
payload_size (const guint8 *header)
{
  guint length = header[1] & LENGTH;
  guint bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
  guint64 size = 0;

  for (guint i = 0; i < bytes; i++)
    size = size << 8 | header[2 + i];
  return bytes > 0 ? size : length;
}

static gboolean
begin_frame (GstP2pWebsocketFrameMeter *meter, GstP2pWebsocketFrameTally *tally)
{
  guint64 size = payload_size (meter->header);

  tally->frames++;
  meter->have = 0;
  meter->left = size;
  if (meter->header[0] & CONTROL_FRAME)
    {
      if ((meter->header[0] & OPCODE) == PING)
        tally->pongs += 2 + size;
      return size <= MAX_CONTROL_FRAME;
    }
  if (size > meter->max_message - meter->message)
    return FALSE;
  meter->message = meter->header[0] & FIN ? 0 : meter->message + size;
  return TRUE;
}

gboolean
gst_p2p_websocket_frame_meter_feed (GstP2pWebsocketFrameMeter *meter, const guint8 *data,
                                    gsize size, GstP2pWebsocketFrameTally *tally)
{
  while (size > 0)
    {
      gsize step;

      if (meter->left > 0)
        {
          step = MIN (meter->left, size);
          meter->left -= step;
        }
      else
        {
          guint wanted = meter->have < 2 ? 2 : header_size (meter->header);

          step = MIN (wanted - meter->have, size);
          memcpy (meter->header + meter->have, data, step);
          meter->have += step;
          if (meter->have >= 2 && meter->have == header_size (meter->header)
              && !begin_frame (meter, tally))
            return FALSE;
        }
      data += step;
      size -= step;
    }
  return TRUE;
}
