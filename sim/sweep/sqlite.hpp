#pragma once
#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sptc::sweep {

/// A connection to a SQLite file. Every failure is a ConfigError that names the file and says what
/// SQLite found.
class Sqlite {
  public:
    enum class Access : std::uint8_t {
        kCreate,     ///< reads and writes, makes the file
        kRead,       ///< changes nothing
        kImmutable,  ///< the same in a folder where not even locks can be kept; nobody may write
    };
    Sqlite(const std::string& path, Access access);
    ~Sqlite();
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    /// Statements without results.
    void run(const std::string& sql);
    /// The first column of the first row as a number.
    [[nodiscard]] std::int64_t number(const std::string& sql);

    [[nodiscard]] sqlite3* handle() const { return handle_; }
    [[nodiscard]] const std::string& path() const { return path_; }
    [[noreturn]] void fail(std::string_view doing) const;

  private:
    std::string path_;
    sqlite3* handle_ = nullptr;
};

/// A transaction that is undone unless commit() is reached.
class Transaction {
  public:
    explicit Transaction(Sqlite& sqlite) : sqlite_(sqlite) { sqlite_.run("BEGIN IMMEDIATE"); }
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Sqlite& sqlite_;
    bool open_ = true;
};

/// What a column of a row holds.
enum class ColumnKind : std::uint8_t { kNull, kInteger, kReal, kText };

/// One statement and its results.
class Statement {
  public:
    /// Throws when the text is not exactly one statement.
    Statement(Sqlite& sqlite, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    /// Parameters ?1, ?2, ... in order.
    Statement& bind(std::string_view words);
    Statement& bind(std::int64_t number);
    Statement& bind(double number);
    Statement& bind_null();

    /// The next row; false at the end.
    bool step();
    /// Runs a statement without results.
    void run();

    [[nodiscard]] bool read_only() const;
    [[nodiscard]] int columns() const;
    [[nodiscard]] std::string name(int column) const;
    [[nodiscard]] ColumnKind kind(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;

  private:
    Sqlite& sqlite_;
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
};

}  // namespace sptc::sweep
