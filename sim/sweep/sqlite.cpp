#include "sim/sweep/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "models/base/error.hpp"

namespace sptc::sweep {
namespace {

constexpr int kBusyMilliseconds = 10'000;  // another process reads or writes

/// A path as a URI, so that "immutable" can be said; '%', '?' and '#' mean something there.
std::string immutable_uri(const std::string& path) {
    std::string uri = "file:";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#') {
            uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
        } else {
            uri += c;
        }
    }
    return uri + "?immutable=1";
}

}  // namespace

Sqlite::Sqlite(const std::string& path, Access access) : path_(path) {
    const bool create = access == Access::kCreate;
    const bool immutable = access == Access::kImmutable;
    const int flags = (create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                      (immutable ? SQLITE_OPEN_URI : 0);
    const std::string name = immutable ? immutable_uri(path) : path;
    if (sqlite3_open_v2(name.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
        const std::string reason = handle_ != nullptr ? sqlite3_errmsg(handle_) : "out of memory";
        sqlite3_close(handle_);
        throw base::ConfigError(fmt::format("{}: cannot be opened: {}", path, reason));
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, kBusyMilliseconds);
}

Sqlite::~Sqlite() { sqlite3_close(handle_); }

void Sqlite::fail(std::string_view doing) const {
    const int code = sqlite3_extended_errcode(handle_) & 0xff;
    std::string reason = sqlite3_errmsg(handle_);
    if (code == SQLITE_NOTADB) reason = "is not a SQLite database";
    if (code == SQLITE_FULL) reason = "the disk is full";
    if (code == SQLITE_BUSY) reason = "another process is writing to it";
    throw base::ConfigError(fmt::format("{}: {}: {}", path_, doing, reason));
}

void Sqlite::run(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail(sql.substr(0, sql.find_first_of(" (\n")) + " failed");
    }
}

std::int64_t Sqlite::number(const std::string& sql) {
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

Transaction::~Transaction() {
    if (open_) sqlite3_exec(sqlite_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    sqlite_.run("COMMIT");
    open_ = false;
}

Statement::Statement(Sqlite& sqlite, std::string_view sql) : sqlite_(sqlite) {
    const char* rest = nullptr;
    const int size = static_cast<int>(sql.size());
    if (sqlite3_prepare_v2(sqlite.handle(), sql.data(), size, &statement_, &rest) != SQLITE_OK) {
        sqlite.fail("cannot be read");
    }
    const std::string_view left = sql.substr(static_cast<std::size_t>(rest - sql.data()));
    if (statement_ == nullptr || left.find_first_not_of(" \t\n;") != std::string_view::npos) {
        sqlite3_finalize(statement_);
        throw base::ConfigError(
            fmt::format("expected exactly one SQL statement, found \"{}\"", sql));
    }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(std::string_view words) {
    sqlite3_bind_text(statement_, ++bound_, words.data(), static_cast<int>(words.size()),
                      SQLITE_TRANSIENT);
    return *this;
}

Statement& Statement::bind(std::int64_t number) {
    sqlite3_bind_int64(statement_, ++bound_, number);
    return *this;
}

Statement& Statement::bind(double number) {
    sqlite3_bind_double(statement_, ++bound_, number);
    return *this;
}

Statement& Statement::bind_null() {
    sqlite3_bind_null(statement_, ++bound_);
    return *this;
}

bool Statement::step() {
    const int status = sqlite3_step(statement_);
    if (status == SQLITE_ROW) return true;
    if (status != SQLITE_DONE) sqlite_.fail(read_only() ? "cannot be read" : "cannot be written");
    return false;
}

void Statement::run() {
    while (step()) {
    }
}

bool Statement::read_only() const { return sqlite3_stmt_readonly(statement_) != 0; }
int Statement::columns() const { return sqlite3_column_count(statement_); }
std::string Statement::name(int column) const { return sqlite3_column_name(statement_, column); }

ColumnKind Statement::kind(int column) const {
    switch (sqlite3_column_type(statement_, column)) {
        case SQLITE_NULL:
            return ColumnKind::kNull;
        case SQLITE_INTEGER:
            return ColumnKind::kInteger;
        case SQLITE_FLOAT:
            return ColumnKind::kReal;
        default:
            return ColumnKind::kText;
    }
}

std::string Statement::text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes != nullptr ? std::string(bytes, size) : std::string();
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

}  // namespace sptc::sweep
