/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bogus: see bogus.h.
 */
#include "tests/common/bogus.h"

const TestDatagram test_bogus[] = {
  TEST_DATAGRAM ("nothing", ""),
  TEST_DATAGRAM ("a byte", TEST_DATA),
  TEST_DATAGRAM ("a header but for a byte", TEST_SEALED (TEST_DATA) "\0"),
  TEST_DATAGRAM ("shorter than it says",
                 TEST_SEALED (TEST_DATA) "\0\x21" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("an empty record of data", TEST_SEALED (TEST_DATA) "\0\0"),
  TEST_DATAGRAM ("an empty alert", TEST_SEALED (TEST_ALERT) "\0\0"),
  TEST_DATAGRAM ("an empty alert in the clear", TEST_CLEAR (TEST_ALERT) "\0\0"),
  TEST_DATAGRAM ("an empty record of the handshake", TEST_CLEAR (TEST_HANDSHAKE) "\0\0"),
  TEST_DATAGRAM ("one byte of data", TEST_SEALED (TEST_DATA) "\0\1x"),
  TEST_DATAGRAM ("one byte of alert", TEST_SEALED (TEST_ALERT) "\0\1x"),
  TEST_DATAGRAM ("one byte of handshake", TEST_SEALED (TEST_HANDSHAKE) "\0\1x"),
  TEST_DATAGRAM ("a byte less than a tag", TEST_SEALED (TEST_DATA) "\0\x0f" TEST_EIGHT "1234567"),
  TEST_DATAGRAM ("ChangeCipherSpec, encrypted",
                 TEST_SEALED (TEST_CCS) "\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("no content type", TEST_SEALED ("\x18") "\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("no content type in the clear", TEST_CLEAR ("\x18") "\0\1x"),
  TEST_DATAGRAM ("DTLS 1.3", "\x3f\xfe\xfd\0\1\0\0\0\0\0\1\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("TLS", "\x17\3\3\0\1\0\0\0\0\0\1\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("DTLS 1.0, encrypted",
                 "\x17\xfe\xff\0\1\0\0\0\0\0\1\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("another version in the clear", "\x15\xfe\xfc\0\0\0\0\0\0\0\1\0\2\2\x28"),
  TEST_DATAGRAM ("a short record behind another version's",
                 "\x17\3\3\0\1\0\0\0\0\7\7\0\x0e" TEST_SEALED (TEST_DATA) "\0\1x"),
  TEST_DATAGRAM ("an epoch to come",
                 "\x17\xfe\xfd\0\2\0\0\0\0\0\1\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("a far epoch", "\x17\xfe\xfd\x80\1\0\0\0\0\0\1\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("data in the clear", TEST_CLEAR (TEST_DATA) "\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("ChangeCipherSpec of 2", TEST_CLEAR (TEST_CCS) "\0\1\2"),
  TEST_DATAGRAM ("ChangeCipherSpec twice", TEST_CLEAR (TEST_CCS) "\0\2\1\1"),
  TEST_DATAGRAM ("half an alert", TEST_CLEAR (TEST_ALERT) "\0\1\2"),
  TEST_DATAGRAM ("two alerts", TEST_CLEAR (TEST_ALERT) "\0\4\2\x28\2\x28"),
  TEST_DATAGRAM ("an alert of no level", TEST_CLEAR (TEST_ALERT) "\0\2\3\x28"),
  TEST_DATAGRAM ("a warning", TEST_CLEAR (TEST_ALERT) "\0\2\1\x5a"),
  TEST_DATAGRAM ("half a fragment's header",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0b\2\0\0\0\0\0\0\0\0\0\0"),
  TEST_DATAGRAM ("a fragment longer than its record",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0c\x0b\0\0\x20\0\1\0\0\0\0\0\x20"),
  TEST_DATAGRAM ("an empty fragment of something",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0c\x0b\0\0\x20\0\1\0\0\0\0\0\0"),
  TEST_DATAGRAM ("a fragment past the end of its message",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0d\x0b\0\0\4\0\1\0\0\4\0\0\1x"),
  TEST_DATAGRAM ("a message of 16 MB",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0d\x0b\xff\0\1\0\1\0\0\0\0\0\1x"),
  TEST_DATAGRAM ("bytes after a fragment",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0f\x0b\0\0\1\0\1\0\0\0\0\0\1xxx"),
  TEST_DATAGRAM ("a message of no type",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0d\x63\0\0\1\0\1\0\0\0\0\0\1x"),
  TEST_DATAGRAM ("HelloRequest", TEST_CLEAR (TEST_HANDSHAKE) "\0\x0c\0\0\0\0\0\0\0\0\0\0\0\0"),
  TEST_DATAGRAM ("Finished in the clear",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x18\x14\0\0\x0c\0\5\0\0\0\0\0\x0c" TEST_EIGHT
                                             "1234"),
};

const guint test_n_bogus = G_N_ELEMENTS (test_bogus);

const TestDatagram test_forged[] = {
  TEST_DATAGRAM ("a fatal alert", TEST_CLEAR (TEST_ALERT) "\0\2\2\x28"),
  TEST_DATAGRAM ("a fatal alert of DTLS 1.0", "\x15\xfe\xff\0\0\0\0\0\0\7\7\0\2\2\x46"),
  TEST_DATAGRAM ("close_notify", TEST_CLEAR (TEST_ALERT) "\0\2\1\0"),
  TEST_DATAGRAM ("ChangeCipherSpec", TEST_CLEAR (TEST_CCS) "\0\1\1"),
  TEST_DATAGRAM ("a certificate's fragment",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0d\x0b\0\0\4\0\1\0\0\1\0\0\1x"),
  TEST_DATAGRAM ("ServerHelloDone", TEST_CLEAR (TEST_HANDSHAKE) "\0\x0c\x0e\0\0\0\0\5\0\0\0\0\0\0"),
  TEST_DATAGRAM ("ClientKeyExchange",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0d\x10\0\0\1\0\2\0\0\0\0\0\1x"),
  TEST_DATAGRAM ("encrypted data", TEST_SEALED (TEST_DATA) "\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("encrypted data of no bytes",
                 TEST_SEALED (TEST_DATA) "\0\x18" TEST_SIXTEEN TEST_EIGHT),
  TEST_DATAGRAM ("an encrypted alert",
                 TEST_SEALED (TEST_ALERT) "\0\x1a" TEST_SIXTEEN TEST_EIGHT "12"),
  TEST_DATAGRAM ("Finished",
                 TEST_SEALED (TEST_HANDSHAKE) "\0\x30" TEST_SIXTEEN TEST_SIXTEEN TEST_SIXTEEN),
};

const guint test_n_forged = G_N_ELEMENTS (test_forged);
