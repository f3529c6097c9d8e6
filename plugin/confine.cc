// QEMU's semihosting gives firmware the host's files and shell. A profile runs firmware of anybody,
// so the thread of the emulated core loses the system calls that semihosting would need. What QEMU
// itself needs is open by then, or done by its other threads.
//
// The kernel enforces it (seccomp); files that QEMU has open stay open to it: semihosting reaches
// none of them, since it hands out its own numbers. Source: seccomp(2), QEMU
// semihosting/syscalls.c.
#include "confine.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <vector>

namespace assay {
namespace {

constexpr long kDenied[] = {
#ifdef SYS_open
    SYS_open,     SYS_creat,   SYS_unlink,   SYS_rename,    SYS_link,   SYS_symlink,
    SYS_mkdir,    SYS_rmdir,   SYS_chmod,    SYS_fork,      SYS_vfork,  SYS_mknod,
#endif
    SYS_openat,   SYS_openat2, SYS_unlinkat, SYS_renameat2, SYS_linkat, SYS_symlinkat,
    SYS_mkdirat,  SYS_mknodat, SYS_fchmodat, SYS_truncate,  SYS_execve, SYS_execveat,
    SYS_socket,   SYS_connect, SYS_ptrace,   SYS_kill,      SYS_tkill,
#ifdef SYS_renameat
    SYS_renameat,
#endif
};

}  // namespace

Status confine_this_thread() {
  std::vector<sock_filter> filter;
  filter.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
  for (const long call : kDenied) {
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call), 0, 1));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES));
  }
  filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    return fail(ErrorKind::environment,
                "this kernel cannot keep the firmware away from the host's files (seccomp: {})",
                std::strerror(errno));
  return {};
}

}  // namespace assay
