/*
 * Preloaded into charon and pluto on kernels that have XFRM but lack ESP or one of its ciphers.
 *
 * Such a kernel answers "add this security association" over netlink with an error, and the daemon then refuses a
 * child SA whose proposal was fine. This library turns exactly those answers into success, so that the IKE side of
 * an exchange can be watched to its end. No traffic is ever protected, and where the kernel can do it, nothing changes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

/* The dlsym of every C library, not only of the newest: other releases' roots have older ones. */
#if defined(__x86_64__)
__asm__(".symver dlsym,dlsym@GLIBC_2.2.5");
#elif defined(__aarch64__)
__asm__(".symver dlsym,dlsym@GLIBC_2.17");
#endif

static int option(int fd, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(fd, SOL_SOCKET, name, &value, &size) ? -1 : value;
}

/* Rewrites the answer in place when it is a refusal that only says "this kernel cannot". */
static ssize_t forgive(int fd, void *data, ssize_t size) {
  struct nlmsghdr *header = data;
  if (size < (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)) || header->nlmsg_type != NLMSG_ERROR) return size;
  if (option(fd, SO_DOMAIN) != AF_NETLINK || option(fd, SO_PROTOCOL) != NETLINK_XFRM) return size;

  struct nlmsgerr *answer = NLMSG_DATA(header);
  switch (answer->msg.nlmsg_type) {
    case XFRM_MSG_NEWSA:
    case XFRM_MSG_UPDSA:
      if (answer->error == -EPROTONOSUPPORT || answer->error == -ENOSYS) answer->error = 0;
      break;
    case XFRM_MSG_DELSA: /* it was never really there */
      if (answer->error == -ESRCH) answer->error = 0;
      break;
  }
  return size;
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

ssize_t read(int fd, void *data, size_t size) {
  static ssize_t (*real)(int, void *, size_t);
  if (!real) real = next("read");
  return forgive(fd, data, real(fd, data, size));
}

ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *length) {
  static ssize_t (*real)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
  if (!real) real = next("recvfrom");
  return forgive(fd, data, real(fd, data, size, flags, from, length));
}

ssize_t recv(int fd, void *data, size_t size, int flags) { return recvfrom(fd, data, size, flags, NULL, NULL); }

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  static ssize_t (*real)(int, struct msghdr *, int);
  if (!real) real = next("recvmsg");
  ssize_t size = real(fd, message, flags);
  if (size > 0 && message->msg_iovlen > 0) forgive(fd, message->msg_iov[0].iov_base, size);
  return size;
}

/* What _FORTIFY_SOURCE makes of the calls above. */
ssize_t __read_chk(int fd, void *data, size_t size, size_t room) { return read(fd, data, size < room ? size : room); }
ssize_t __recv_chk(int fd, void *data, size_t size, size_t room, int flags) {
  return recv(fd, data, size < room ? size : room, flags);
}
ssize_t __recvfrom_chk(int fd, void *data, size_t size, size_t room, int flags, struct sockaddr *from, socklen_t *length) {
  return recvfrom(fd, data, size < room ? size : room, flags, from, length);
}
