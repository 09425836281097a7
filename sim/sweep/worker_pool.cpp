#include "sim/sweep/worker_pool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "models/base/error.hpp"

extern char** environ;

namespace sptc::sweep {

namespace {

[[noreturn]] void fail(std::string_view what, int error) {
    throw base::ConfigError(fmt::format("{}: {}", what, std::strerror(error)));
}

/// A descriptor that closes itself.
class Descriptor {
  public:
    explicit Descriptor(int value = -1) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return value_; }
    void set(int value) { value_ = value; }
    int release() { return std::exchange(value_, -1); }

  private:
    int value_;
};

/// The input lies in memory, whole, before the worker starts: neither waits for the other.
void fill(Descriptor& input, const std::string& text) {
    input.set(::memfd_create("sptc-point", MFD_CLOEXEC));
    if (input.get() < 0) fail("a worker's input cannot be made", errno);
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t count = ::write(input.get(), text.data() + written, text.size() - written);
        if (count < 0) fail("a worker's input cannot be written", errno);
        written += static_cast<std::size_t>(count);
    }
    ::lseek(input.get(), 0, SEEK_SET);
}

void open_pipe(Descriptor& read_end, Descriptor& write_end) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("a worker's output cannot be made", errno);
    read_end.set(ends[0]);
    write_end.set(ends[1]);
}

pid_t spawn(const std::vector<std::string>& command, int input, int out, int err) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    pid_t process = -1;
    const int error =
        ::posix_spawn(&process, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) fail("a worker cannot be started", error);
    return process;
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

WorkerPool::WorkerPool(std::vector<std::string> command, unsigned jobs)
    : command_(std::move(command)), jobs_(jobs) {}

WorkerPool::~WorkerPool() {
    for (const Worker& worker : running_) ::kill(worker.process, SIGKILL);
    for (const Worker& worker : running_) {
        ::close(worker.out);
        ::close(worker.err);
        while (::waitpid(worker.process, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
}

void WorkerPool::start(std::size_t task, const std::string& input) {
    Descriptor in, out, out_write, err, err_write;
    fill(in, input);
    open_pipe(out, out_write);
    open_pipe(err, err_write);
    const auto begin = std::chrono::steady_clock::now();
    const pid_t process = spawn(command_, in.get(), out_write.get(), err_write.get());
    running_.push_back({task, process, out.release(), err.release(), begin, {}, {}});
}

void WorkerPool::read(int descriptor, std::string& into, int& open) {
    std::array<char, 1 << 16> buffer;
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
        into.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
        ::close(descriptor);
        open = -1;
    }
}

std::optional<WorkerExit> WorkerPool::wait(int timeout_milliseconds) {
    // Several may have ended in the reads of one call, and nothing more comes from their pipes.
    if (std::optional<WorkerExit> ended = take_ended()) return ended;
    std::vector<pollfd> polled;
    for (const Worker& worker : running_) {
        polled.push_back({worker.out, POLLIN, 0});  // a negative descriptor is skipped
        polled.push_back({worker.err, POLLIN, 0});
    }
    if (::poll(polled.data(), polled.size(), timeout_milliseconds) <= 0) return std::nullopt;
    for (std::size_t i = 0; i < running_.size(); ++i) {
        Worker& worker = running_[i];
        if (polled[2 * i].revents != 0) read(worker.out, worker.out_text, worker.out);
        if (polled[2 * i + 1].revents != 0) read(worker.err, worker.err_text, worker.err);
    }
    return take_ended();
}

std::optional<WorkerExit> WorkerPool::take_ended() {
    for (std::size_t i = 0; i < running_.size(); ++i) {
        if (running_[i].out < 0 && running_[i].err < 0) return finish(i);
    }
    return std::nullopt;
}

WorkerExit WorkerPool::finish(std::size_t index) {
    Worker& worker = running_[index];
    int status = 0;
    rusage usage{};
    while (::wait4(worker.process, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    WorkerExit exit{
        .task = worker.task,
        .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
        .out = std::move(worker.out_text),
        .err = std::move(worker.err_text),
        .wall_seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - worker.begin).count(),
        .cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime),
        .peak_kib = static_cast<std::uint64_t>(usage.ru_maxrss)};
    running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(index));
    return exit;
}

}  // namespace sptc::sweep
