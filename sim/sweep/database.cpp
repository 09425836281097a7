#include "sim/sweep/database.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "sim/sweep/schema.hpp"

namespace sptc::sweep {
namespace {

bool empty_file(Sqlite& sqlite) {
    return sqlite.number("PRAGMA application_id") == 0 &&
           sqlite.number("SELECT count(*) FROM sqlite_master") == 0;
}

void require_schema(Sqlite& sqlite) {
    if (sqlite.number("PRAGMA application_id") != kApplicationId) {
        throw base::ConfigError(
            fmt::format("{}: is a SQLite database of another program, expected results of sptc "
                        "sweep",
                        sqlite.path()));
    }
    const std::int64_t version = sqlite.number("PRAGMA user_version");
    if (version != kSchemaVersion) {
        throw base::ConfigError(fmt::format("{}: has schema version {}, this program reads {}",
                                            sqlite.path(), version, kSchemaVersion));
    }
}

void create_schema(Sqlite& sqlite) {
    Transaction transaction(sqlite);
    sqlite.run(std::string(kTables));
    sqlite.run(fmt::format("PRAGMA application_id = {}", kApplicationId));
    sqlite.run(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
    transaction.commit();
}

/// The view is derived, so it follows the program.
void renew_view(Sqlite& sqlite) {
    const std::string text = results_view();
    Statement statement(sqlite, "SELECT sql FROM sqlite_master WHERE name = 'results'");
    if (statement.step() && statement.text(0) == text) return;
    Transaction transaction(sqlite);
    sqlite.run("DROP VIEW IF EXISTS results");
    sqlite.run(text);
    transaction.commit();
}

}  // namespace

/// Held from before SQLite opens the file until after it has closed it: closing a descriptor would
/// drop SQLite's own locks. The kernel releases it when the process dies, however it dies.
class ResultWriter::Lock {
  public:
    explicit Lock(const std::string& path)
        : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
        if (descriptor_ < 0) {
            throw base::ConfigError(
                fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
        }
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            ::close(descriptor_);
            throw base::ConfigError(fmt::format("{}: another sweep is writing to it", path));
        }
    }
    ~Lock() { ::close(descriptor_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

  private:
    int descriptor_;
};

ResultWriter::ResultWriter(const std::string& path, Existing existing) {
    if (std::filesystem::is_directory(path)) {
        throw base::ConfigError(fmt::format("{}: is a directory, expected a file", path));
    }
    lock_ = std::make_unique<Lock>(path);
    sqlite_ = std::make_unique<Sqlite>(path, Sqlite::Access::kCreate);
    const bool fresh = empty_file(*sqlite_);
    if (!fresh) require_schema(*sqlite_);
    sqlite_->run("PRAGMA journal_mode = WAL");
    sqlite_->run("PRAGMA synchronous = FULL");  // survives a power failure too
    if (fresh) create_schema(*sqlite_);
    if (existing == Existing::kRefuse && sqlite_->number("SELECT count(*) FROM points") > 0) {
        throw base::ConfigError(
            fmt::format("{}: holds results already: use --resume to add what is missing, or "
                        "another file",
                        path));
    }
    renew_view(*sqlite_);
}

ResultWriter::~ResultWriter() = default;

ResultWriter::Known ResultWriter::known() {
    Known known;
    Statement statement(*sqlite_, "SELECT hash, status FROM points");
    while (statement.step()) {
        known.finished.insert(statement.text(0));
        if (statement.text(1) == "failed") known.failed.insert(statement.text(0));
    }
    return known;
}

void ResultWriter::begin(const SweepFile& sweep, const Expansion& expansion,
                         std::string_view version) {
    Transaction transaction(*sqlite_);
    Statement(*sqlite_, "INSERT OR REPLACE INTO sweeps VALUES (?, ?, ?)")
        .bind(sweep.name)
        .bind(version)
        .bind(sweep.text)
        .run();
    for (const auto& [unused, gpu] : expansion.gpus) {
        Statement(*sqlite_, "INSERT OR IGNORE INTO gpus VALUES (?, ?, ?)")
            .bind(gpu.hash)
            .bind(gpu.name)
            .bind(gpu.text)
            .run();
    }
    transaction.commit();
}

void ResultWriter::record(const SweepFile& sweep, const Point& point, std::string_view version,
                          const Outcome& outcome) {
    const auto optional = [](Statement& statement, const std::string& text) {
        text.empty() ? statement.bind_null() : statement.bind(text);
    };
    Transaction transaction(*sqlite_);
    Statement row(*sqlite_, "INSERT OR REPLACE INTO points VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
    row.bind(point.hash)
        .bind(point.dense_hash)
        .bind(sweep.name)
        .bind(static_cast<std::int64_t>(point.ordinal))
        .bind(outcome.failed ? "failed" : "done")
        .bind(to_json(point.parameters).dump())
        .bind(point.gpu->hash)
        .bind(version)
        .bind(static_cast<std::int64_t>(std::get<double>(point.parameters.at("seed"))))
        .bind(std::int64_t{outcome.exit_code});
    optional(row, outcome.result);
    optional(row, outcome.error);
    row.run();
    Statement(*sqlite_, "INSERT OR REPLACE INTO host VALUES (?,?,?,?)")
        .bind(point.hash)
        .bind(outcome.wall_seconds)
        .bind(outcome.cpu_seconds)
        .bind(static_cast<std::int64_t>(outcome.peak_kib))
        .run();
    transaction.commit();
}

std::unique_ptr<Sqlite> open_results(const std::string& path) {
    if (!std::filesystem::exists(path)) {
        throw base::ConfigError(fmt::format("{}: no such file", path));
    }
    auto sqlite = std::make_unique<Sqlite>(path, Sqlite::Access::kRead);
    try {
        (void)sqlite->number("SELECT count(*) FROM sqlite_master");
    } catch (const base::ConfigError&) {
        // In a folder that cannot be written there is no place for the locks of a WAL file; when
        // nothing waits in one, the file alone is all there is.
        if (std::filesystem::exists(path + "-wal") || ::access(path.c_str(), R_OK) != 0) throw;
        sqlite = std::make_unique<Sqlite>(path, Sqlite::Access::kImmutable);
    }
    require_schema(*sqlite);
    sqlite->run("PRAGMA query_only = 1");
    return sqlite;
}

}  // namespace sptc::sweep
