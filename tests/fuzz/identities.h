/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * identities: two certificates with their keys, which are nobody's: always the same, so that the
 * same input meets the same bytes. Who compares fingerprints does not look at their dates.
 */
#pragma once

static const char *const FUZZ_IDENTITIES[2]
    = { "-----BEGIN CERTIFICATE-----\n"
        "MIIBejCCAR+gAwIBAgIUbLNs9EK805gYm6yjE4enEE066/QwCgYIKoZIzj0EAwIw\n"
        "ETEPMA0GA1UEAwwGZnV6ei0wMCAXDTI2MTEyNzIzNDYxNFoYDzIxMjYxMTAzMjM0\n"
        "NjE0WjARMQ8wDQYDVQQDDAZmdXp6LTAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
        "AAShjPpnAIEFQg/xVj2J/AwIqibZi9hyywoEf4GSLGQ7hLWgIEbjzsQi24ayzdXx\n"
        "qFittUyYQt1aErbgOF0w8TrWo1MwUTAdBgNVHQ4EFgQUBzR6jb7saJqhoNHJx1xQ\n"
        "r0/pZhUwHwYDVR0jBBgwFoAUBzR6jb7saJqhoNHJx1xQr0/pZhUwDwYDVR0TAQH/\n"
        "BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA9o930WYTua5GMckP/WCI3TAclmQx\n"
        "c6+RwTRx/avP6+cCIQDVTOlcOjEbKoA843jbn+FncO03W59+6ClmalatetYHEg==\n"
        "-----END CERTIFICATE-----\n"
        "-----BEGIN PRIVATE KEY-----\n"
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgubFj6Q4tL5YG3llq\n"
        "+UinrXgdLq0cDHnAxlwrC6ubPKuhRANCAAShjPpnAIEFQg/xVj2J/AwIqibZi9hy\n"
        "ywoEf4GSLGQ7hLWgIEbjzsQi24ayzdXxqFittUyYQt1aErbgOF0w8TrW\n"
        "-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\n"
        "MIIBejCCAR+gAwIBAgIUCIObUxbz0py0U8KdeAIM3NFVXuwwCgYIKoZIzj0EAwIw\n"
        "ETEPMA0GA1UEAwwGZnV6ei0xMCAXDTI2MTEyNzIzNDYxNFoYDzIxMjYxMTAzMjM0\n"
        "NjE0WjARMQ8wDQYDVQQDDAZmdXp6LTEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
        "AARqssKl241TghkUiy6t7ZIm0zNH8OvxmjCqEFHAoRZhI41/nBecYxdkmVe3w3cV\n"
        "9Dc1WxBjk3y2eSK9r7WQES+Wo1MwUTAdBgNVHQ4EFgQULKf6vVLpkYp323xFF7IV\n"
        "vtpYxCkwHwYDVR0jBBgwFoAULKf6vVLpkYp323xFF7IVvtpYxCkwDwYDVR0TAQH/\n"
        "BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA9lfvFKPy8+eSW11JR+cY1Ypf35Du\n"
        "N74nWYgV5/l7620CIQDKIM0l7+r6jdadUJ3AqUpTCk8vPtp7G2OHMxRSobczVw==\n"
        "-----END CERTIFICATE-----\n"
        "-----BEGIN PRIVATE KEY-----\n"
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcwBe/lUk6so1LOm+\n"
        "m7KulIqWexpLFKre09vhK8WP2yShRANCAARqssKl241TghkUiy6t7ZIm0zNH8Ovx\n"
        "mjCqEFHAoRZhI41/nBecYxdkmVe3w3cV9Dc1WxBjk3y2eSK9r7WQES+W\n"
        "-----END PRIVATE KEY-----\n" };
