// node's os, as Python knows the machine.
"use strict";
({ host }) => {
  const { system } = host;
  const { describe } = system;
  const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15 };
  const ERRORS = { EPERM: 1, ENOENT: 2, EINTR: 4, EIO: 5, EBADF: 9, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EBUSY: 16, EEXIST: 17, ENOTDIR: 20, EISDIR: 21, EINVAL: 22, EMFILE: 24, EPIPE: 32 };

  return {
    EOL: system.platform === "win32" ? "\r\n" : "\n",
    devNull: system.platform === "win32" ? "\\\\.\\nul" : "/dev/null",
    constants: { signals: SIGNALS, errno: ERRORS, priority: {}, dlopen: {} },
    arch: () => system.arch,
    platform: () => system.platform,
    machine: () => system.machine,
    endianness: () => system.endianness,
    hostname: () => describe().hostname,
    type: () => describe().type,
    release: () => describe().release,
    version: () => describe().version,
    tmpdir: () => describe().tmpdir,
    homedir: () => describe().homedir,
    uptime: () => describe().uptime,
    loadavg: () => describe().load,
    totalmem: () => describe().memory[0],
    freemem: () => describe().memory[1],
    availableParallelism: () => describe().cpus,
    cpus: () => Array.from({ length: describe().cpus }, () => ({ model: system.machine, speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } })),
    networkInterfaces: () => ({}),
    userInfo() {
      const { user, uid, gid, homedir, shell } = describe();
      return { username: user, uid, gid, homedir, shell };
    },
    getPriority: () => 0,
    setPriority() {},
  };
}
