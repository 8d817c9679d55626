/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtlsudp: the ceiling: DTLS 1.2 with AES-128-GCM over UDP by OpenSSL alone, a datagram a system
 * call. No reliability, no order, no flow control: what the receiver got is counted.
 *
 *   bench-dtlsudp receiver FD
 *   bench-dtlsudp sender FD MESSAGE-SIZE
 *
 * FD is one end of a socket pair, over which the receiver says its port. Each record has 1200
 * bytes, whatever MESSAGE-SIZE is.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "gst/p2p/link/identity.h"
#include "tests/bench/meter.h"

#define RECORD_SIZE 1200
#define CIPHER "ECDHE-ECDSA-AES128-GCM-SHA256"
#define SOCKET_BUFFER (4 * 1024 * 1024)

static void
die (const gchar *what)
{
  perror (what);
  ERR_print_errors_fp (stderr);
  exit (1);
}

static int
open_socket (void)
{
  struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_DGRAM, 0);
  int size = SOCKET_BUFFER;

  if (fd < 0 || bind (fd, (struct sockaddr *)&any, sizeof any) < 0)
    die ("socket");
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  return fd;
}

static guint16
get_port (int fd)
{
  struct sockaddr_in own;
  socklen_t size = sizeof own;

  if (getsockname (fd, (struct sockaddr *)&own, &size) < 0)
    die ("port");
  return own.sin_port;
}

/* Both say their port, so that both sockets are connected. */
static void
connect_socket (int fd, int pair_fd)
{
  struct sockaddr_in peer = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  guint16 port = get_port (fd);

  if (write (pair_fd, &port, sizeof port) != sizeof port
      || read (pair_fd, &peer.sin_port, sizeof peer.sin_port) != sizeof peer.sin_port
      || connect (fd, (struct sockaddr *)&peer, sizeof peer) < 0)
    die ("connect");
}

static SSL *
make_ssl (int fd)
{
  GstP2pIdentity *identity = gst_p2p_identity_new (NULL);
  SSL_CTX *context = SSL_CTX_new (DTLS_method ());
  BIO *bio = BIO_new_dgram (fd, BIO_NOCLOSE);
  struct sockaddr_in peer;
  socklen_t size = sizeof peer;
  SSL *ssl;

  if (!identity || !context || !bio || getpeername (fd, (struct sockaddr *)&peer, &size) < 0
      || !SSL_CTX_set_max_proto_version (context, DTLS1_2_VERSION)
      || !SSL_CTX_set_cipher_list (context, CIPHER)
      || !SSL_CTX_use_certificate (context, gst_p2p_identity_get_certificate (identity))
      || !SSL_CTX_use_PrivateKey (context, gst_p2p_identity_get_key (identity)))
    die ("DTLS");
  BIO_ctrl (bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, &peer);
  ssl = SSL_new (context);
  SSL_set_bio (ssl, bio, bio);
  return ssl;
}

int
main (int argc, char **argv)
{
  guint8 record[RECORD_SIZE] = { 0 };
  gboolean sender;
  SSL *ssl;
  int fd, size;

  meter_end_with_parent ();
  if (argc < 3)
    return 2;
  sender = strcmp (argv[1], "sender") == 0;
  if (sender)
    meter_call ();
  fd = open_socket ();
  connect_socket (fd, atoi (argv[2]));
  ssl = make_ssl (fd);
  if ((sender ? SSL_connect (ssl) : SSL_accept (ssl)) != 1)
    die ("handshake");
  if (sender)
    for (;;)
      SSL_write (ssl, record, sizeof record);
  while ((size = SSL_read (ssl, record, sizeof record)) > 0)
    meter_add (size);
  return 0;
}
