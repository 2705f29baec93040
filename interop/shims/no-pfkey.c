/*
 * Preloaded into iked on kernels without PF_KEY sockets, which it needs for everything on Linux.
 *
 * A PF_KEY socket becomes one end of a socket pair. A thread at the other end plays a kernel that agrees to whatever
 * it is told: every request comes back with error 0, carrying what the answer to that request must carry. The bypass
 * policies of the IKE sockets are agreed to as well. No traffic is ever protected.
 *
 * A kernel answers before the request has returned, and iked waits one millisecond for it. The thread has to be woken first,
 * perhaps in another process: whoever waits for it alone is given time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <linux/pfkeyv2.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* PF_KEY counts lengths in words of 64 bits. */
#define WORDS(bytes) ((bytes) / sizeof(uint64_t))

union reply {
  struct sadb_msg head;
  uint64_t words[1024];
};

/* Puts one more extension behind the message; returns the new size. */
static size_t append(union reply *reply, size_t size, const void *extension, size_t length) {
  if (size + length > sizeof *reply) return size;
  memcpy((char *)reply + size, extension, length);
  return size + length;
}

static void *kernel(void *argument) {
  const int fd = (int)(intptr_t)argument;
  /* Another range for each daemon: to iked two SAs of one number are the same, whoever has chosen it. */
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint32_t spi = 0xc0000000 | ((((uint32_t)getpid() * 2654435761u) ^ (uint32_t)now.tv_nsec) & 0x0fffff00);
  union reply reply;
  ssize_t got;

  while ((got = recv(fd, &reply, sizeof reply, 0)) >= (ssize_t)sizeof reply.head) {
    size_t size = (size_t)got;
    reply.head.sadb_msg_errno = 0;
    if (reply.head.sadb_msg_type == SADB_GETSPI) {
      struct sadb_sa sa = {.sadb_sa_len = WORDS(sizeof sa), .sadb_sa_exttype = SADB_EXT_SA, .sadb_sa_spi = htonl(++spi)};
      size = append(&reply, size, &sa, sizeof sa);
    } else if (reply.head.sadb_msg_type == SADB_GET) { /* asked when an SA was last used: just now */
      const uint64_t now = (uint64_t)time(NULL);
      struct sadb_lifetime used = {.sadb_lifetime_len = WORDS(sizeof used),
                                   .sadb_lifetime_exttype = SADB_EXT_LIFETIME_CURRENT,
                                   .sadb_lifetime_addtime = now,
                                   .sadb_lifetime_usetime = now};
      size = append(&reply, size, &used, sizeof used);
    }
    reply.head.sadb_msg_len = (uint16_t)WORDS(size);
    if (send(fd, &reply, size, MSG_NOSIGNAL) < 0) break;
  }
  close(fd);
  return NULL;
}

int socket(int domain, int type, int protocol) {
  static int (*real)(int, int, int);
  if (!real) real = dlsym(RTLD_NEXT, "socket");
  if (domain != PF_KEY) return real(domain, type, protocol);

  int ends[2];
  pthread_t thread;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends)) return -1;
  if (pthread_create(&thread, NULL, kernel, (void *)(intptr_t)ends[1])) return -1;
  pthread_detach(thread);
  return ends[0];
}

/* Nobody else in iked has sockets of this kind. */
static int is_ours(int fd) {
  int domain = 0, type = 0;
  socklen_t size = sizeof domain;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) || domain != AF_UNIX) return 0;
  size = sizeof type;
  return !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) && type == SOCK_SEQPACKET;
}

#define PATIENCE_MS 5000

int poll(struct pollfd *polled, nfds_t count, int timeout) {
  static int (*real)(struct pollfd *, nfds_t, int);
  if (!real) real = dlsym(RTLD_NEXT, "poll");
  const int short_wait = count == 1 && timeout > 0 && timeout < PATIENCE_MS && is_ours(polled[0].fd);
  return real(polled, count, short_wait ? PATIENCE_MS : timeout);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t size) {
  static int (*real)(int, int, int, const void *, socklen_t);
  if (!real) real = dlsym(RTLD_NEXT, "setsockopt");
  const int bypass4 = level == IPPROTO_IP && (name == IP_IPSEC_POLICY || name == IP_XFRM_POLICY);
  const int bypass6 = level == IPPROTO_IPV6 && (name == IPV6_IPSEC_POLICY || name == IPV6_XFRM_POLICY);
  return bypass4 || bypass6 ? 0 : real(fd, level, name, value, size);
}
