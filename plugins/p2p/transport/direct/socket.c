/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * socket: see socket.h.
 */
#include "plugins/p2p/transport/direct/socket.h"

#include <errno.h>
#include <string.h>

#include "gst/p2p/link/crc32c.h"
#include "gst/p2p/link/sctpchunk.h"
#include "plugins/p2p/transport/limits.h"

/* How much a peer can send while the reader has stopped; it allows 670 Mbit/s over a round trip of
 * 100 ms. This is a limit, not an allocation. */
#define RECEIVE_BUFFER (8 * 1024 * 1024)
/* The size at first; later it follows the congestion window. */
#define SEND_BUFFER (64 * 1024)
/* A message of at least this size is handed over in pieces. */
#define PARTIAL_DELIVERY_POINT (1024 * 1024)

/* RFC 9260's 1 s and 3 s are for unknown paths; ICE has shown that this one works. */
#define RTO_INITIAL_MS 500
#define RTO_MAX_MS 3000
#define INIT_ATTEMPTS 12
/* A peer that lives keeps sending packets, at least its answers to heartbeats. When none has come
 * for 10 s the peer is gone, which path.c notices; SCTP itself notices later. */
#define HEARTBEAT_MS 1000
#define MAX_RETRANSMISSIONS 10

/* Shorter than any path's round trip matters little; usrsctp's clock ticks every 10 ms. */
#define SACK_DELAY_MS 20

static gboolean
set_option (struct socket *socket, int level, int option, const void *value, socklen_t size)
{
  return usrsctp_setsockopt (socket, level, option, value, size) == 0;
}

static gboolean
set_number (struct socket *socket, int level, int option, int value)
{
  return set_option (socket, level, option, &value, sizeof value);
}

static gboolean
set_value (struct socket *socket, int option, guint32 value)
{
  struct sctp_assoc_value option_value = { .assoc_id = SCTP_FUTURE_ASSOC, .assoc_value = value };

  return set_option (socket, IPPROTO_SCTP, option, &option_value, sizeof option_value);
}

static gboolean
subscribe (struct socket *socket)
{
  static const guint16 events[] = { SCTP_ASSOC_CHANGE, SCTP_SHUTDOWN_EVENT, SCTP_STREAM_RESET_EVENT,
                                    SCTP_PARTIAL_DELIVERY_EVENT };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      struct sctp_event event = { .se_assoc_id = SCTP_ALL_ASSOC, .se_type = events[i], .se_on = 1 };

      if (!set_option (socket, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof event))
        return FALSE;
    }
  return TRUE;
}

static gboolean
set_timing (struct socket *socket)
{
  struct sctp_initmsg init = { .sinit_num_ostreams = GST_P2P_MAX_STREAM + 1,
                               .sinit_max_instreams = GST_P2P_MAX_STREAM + 1,
                               .sinit_max_attempts = INIT_ATTEMPTS,
                               .sinit_max_init_timeo = RTO_MAX_MS };
  struct sctp_rtoinfo rto = { .srto_initial = RTO_INITIAL_MS,
                              .srto_min = GST_P2P_FIRST_REPEAT_MS,
                              .srto_max = RTO_MAX_MS };
  struct sctp_assocparams params = { .sasoc_asocmaxrxt = MAX_RETRANSMISSIONS };
  struct sctp_sack_info sack = { .sack_delay = SACK_DELAY_MS, .sack_freq = 1 };

  return set_option (socket, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init)
         && set_option (socket, IPPROTO_SCTP, SCTP_RTOINFO, &rto, sizeof rto)
         && set_option (socket, IPPROTO_SCTP, SCTP_ASSOCINFO, &params, sizeof params)
         && set_option (socket, IPPROTO_SCTP, SCTP_DELAYED_SACK, &sack, sizeof sack);
}

static gboolean
set_path (struct socket *socket, guint max_packet_size)
{
  /* usrsctp counts without SCTP's own header. */
  struct sctp_paddrparams path = { .spp_flags = SPP_PMTUD_DISABLE | SPP_HB_ENABLE,
                                   .spp_hbinterval = HEARTBEAT_MS,
                                   .spp_pathmtu = max_packet_size - GST_P2P_SCTP_HEADER_SIZE,
                                   .spp_pathmaxrxt = MAX_RETRANSMISSIONS };

  return set_option (socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof path);
}

static gboolean
configure (struct socket *socket, guint max_packet_size)
{
  /* Closing aborts at once instead of lingering. */
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  return usrsctp_set_non_blocking (socket, 1) == 0
         && set_option (socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger)
         && set_number (socket, SOL_SOCKET, SO_SNDBUF, SEND_BUFFER)
         && set_number (socket, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER)
         && set_number (socket, IPPROTO_SCTP, SCTP_NODELAY, 1)
         && set_number (socket, IPPROTO_SCTP, SCTP_EXPLICIT_EOR, 1)
         && set_number (socket, IPPROTO_SCTP, SCTP_RECVRCVINFO, 1)
         && set_number (socket, IPPROTO_SCTP, SCTP_RECVNXTINFO, 1)
         && set_number (socket, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, PARTIAL_DELIVERY_POINT)
         && set_value (socket, SCTP_ENABLE_STREAM_RESET, SCTP_ENABLE_RESET_STREAM_REQ)
         /* No limit but the congestion window. */
         && set_value (socket, SCTP_MAX_BURST, 0) && subscribe (socket) && set_timing (socket)
         && set_path (socket, max_packet_size);
}

struct socket *
gst_p2p_direct_socket_new (guint max_packet_size)
{
  struct socket *socket = usrsctp_socket (AF_CONN, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);

  if (socket && !configure (socket, max_packet_size))
    {
      int error = errno;

      usrsctp_close (socket);
      errno = error;
      return NULL;
    }
  return socket;
}

gboolean
gst_p2p_direct_socket_set_max_packet_size (struct socket *socket, guint max_packet_size)
{
  return set_path (socket, max_packet_size);
}

gboolean
gst_p2p_direct_socket_set_nagle (struct socket *socket, gboolean nagle)
{
  return set_number (socket, IPPROTO_SCTP, SCTP_NODELAY, !nagle);
}

gboolean
gst_p2p_direct_socket_set_send_buffer (struct socket *socket, guint32 size)
{
  return set_number (socket, SOL_SOCKET, SO_SNDBUF, (int)size);
}

gboolean
gst_p2p_direct_socket_set_sack_frequency (struct socket *socket, guint frequency)
{
  struct sctp_sack_info sack = { .sack_delay = SACK_DELAY_MS, .sack_freq = frequency };

  return set_option (socket, IPPROTO_SCTP, SCTP_DELAYED_SACK, &sack, sizeof sack);
}

gboolean
gst_p2p_direct_socket_get_status (struct socket *socket, struct sctp_status *status)
{
  socklen_t size = sizeof *status;

  memset (status, 0, sizeof *status);
  return usrsctp_getsockopt (socket, IPPROTO_SCTP, SCTP_STATUS, status, &size) == 0;
}
