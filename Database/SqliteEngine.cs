using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Database;

/// <summary>
/// The embedded default: one file, WAL, one writer. Writers of this process queue at a first-come gate; between processes a busy
/// database is asked again after a millisecond, since the driver's own pause is 150 ms and busy_timeout backs off unfairly.
/// </summary>
public sealed partial class SqliteEngine : Engine, IDisposable
{
    private static readonly TimeSpan PatienceForOtherProcesses = TimeSpan.FromSeconds(30);
    private readonly string connectionString;
    private readonly ConcurrentBag<SqliteConnection> idle = [];
    private readonly SemaphoreSlim gate = new(1, 1);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(2);
    private readonly Lock watching = new();
    private long unbrokenSince;
    private long lastWrite;
    private SqliteConnection? watcher;
    private sqlite3_stmt? looking;

    /// <summary>An engine on the file.</summary>
    public SqliteEngine(string file)
    {
        File = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        connectionString = new SqliteConnectionStringBuilder { DataSource = File, Pooling = false, ForeignKeys = true }.ToString();
    }

    /// <summary>The database file.</summary>
    public string File { get; }

    /// <inheritdoc/>
    public override string Name => "SQLite";

    /// <inheritdoc/>
    public override ValueTask<DbConnection> Open() => new(idle.TryTake(out var ready) ? ready : Connect());

    /// <inheritdoc/>
    public override ValueTask Release(DbConnection connection, bool healthy)
    {
        if (!healthy) return connection.DisposeAsync();
        idle.Add((SqliteConnection)connection);
        return ValueTask.CompletedTask;
    }

    internal override async Task<T> WriteOnce<T>(Func<Tx, Task<T>> body)
    {
        await gate.WaitAsync();
        try
        {
            await LetOthersIn();
            return await Transaction("begin immediate", body, mustNotWait: true);
        }
        finally
        {
            lastWrite = TimeProvider.System.GetTimestamp();
            gate.Release();
        }
    }

    // SQLite has no queue between processes: one that writes without a pause would keep the other from ever finding the lock free
    private async Task LetOthersIn()
    {
        var now = TimeProvider.System.GetTimestamp();
        if (TimeProvider.System.GetElapsedTime(lastWrite, now) > Courtesy) unbrokenSince = now;
        if (TimeProvider.System.GetElapsedTime(unbrokenSince, now) > Turn)
        {
            await Task.Delay(Courtesy);
            unbrokenSince = TimeProvider.System.GetTimestamp();
        }
    }

    internal override Task<T> SnapshotOnce<T>(Func<Tx, Task<T>> body) => Transaction("begin", body, mustNotWait: false);

    private async Task<T> Transaction<T>(string begin, Func<Tx, Task<T>> body, bool mustNotWait)
    {
        var connection = (SqliteConnection)await Open();
        var healthy = false;
        try
        {
            await Execute(connection, begin);
            try
            {
                var running = body(new Tx(connection, null));
                if (mustNotWait && !running.IsCompleted)
                {
                    await Task.WhenAny(running);
                    throw new InvalidOperationException(
                        "Something other than the transaction was awaited inside a write; every other writer would wait for it.");
                }

                var result = await running;
                await Execute(connection, "commit");
                healthy = true;
                return result;
            }
            catch
            {
                healthy = raw.sqlite3_get_autocommit(connection.Handle) != 0
                    || raw.sqlite3_exec(connection.Handle, "rollback") == raw.SQLITE_OK;
                throw;
            }
        }
        finally
        {
            await Release(connection, healthy);
        }
    }

    internal override Trouble Kind(Exception exception) => exception is not SqliteException sqlite ? Trouble.Other
        : (sqlite.SqliteErrorCode, sqlite.SqliteExtendedErrorCode) switch
        {
            (raw.SQLITE_BUSY or raw.SQLITE_LOCKED, _) => Trouble.Busy,
            (raw.SQLITE_CONSTRAINT, raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY) => Trouble.Duplicate,
            (raw.SQLITE_CONSTRAINT, raw.SQLITE_CONSTRAINT_FOREIGNKEY) => Trouble.ForeignKey,
            _ => Trouble.Other,
        };

    // SQLite ignores declared lengths; the check makes it refuse what SQL Server refuses
    internal override string Ddl(string statement)
    {
        var text = Max().Replace(statement, found => found.Groups[1].Value.StartsWith('n') ? "text" : "blob");
        if (!text.TrimStart().StartsWith("create table", StringComparison.OrdinalIgnoreCase)) return text;
        return Column().Replace(text, found =>
            $"{found.Value} check (length({found.Groups["name"].Value}) <= {found.Groups["length"].Value})");
    }

    internal override IEnumerable<string> Immutable(string table)
    {
        foreach (var verb in (string[])["update", "delete"])
            yield return $"create trigger TR_{table}_no_{verb} before {verb} on {table} begin select raise(abort, '{table} is immutable'); end";
    }

    internal override async Task Prepare()
    {
        var connection = (SqliteConnection)await Open();
        await Execute(connection, "pragma journal_mode = wal");
        await Release(connection, healthy: true);
    }

    internal override async Task WithMigrationLock(Func<DbConnection, DbTransaction?, Task> body)
    {
        await gate.WaitAsync();
        var connection = (SqliteConnection)await Open();
        var healthy = false;
        try
        {
            await Execute(connection, "begin immediate");
            await body(connection, null);
            await Execute(connection, "commit");
            healthy = true;
        }
        finally
        {
            await Release(connection, healthy);
            gate.Release();
        }
    }

    internal override async Task<bool> HasTable(DbConnection connection, DbTransaction? transaction, string table) =>
        await connection.ExecuteScalarAsync<int>(
            "select count(*) from sqlite_master where type = 'table' and name = @Table", new { Table = table }, transaction) > 0;

    internal override long? DataVersion()
    {
        lock (watching)
        {
            if (looking is null)
            {
                watcher = Connect();
                Check(watcher, raw.sqlite3_prepare_v2(watcher.Handle, "pragma data_version", out looking));
            }

            // asked thousands of times a second, so the statement is kept; a busy database is asked again by the next look
            var code = raw.sqlite3_step(looking);
            var version = code == raw.SQLITE_ROW ? raw.sqlite3_column_int64(looking, 0) : (long?)null;
            raw.sqlite3_reset(looking);
            return version;
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        foreach (var pragma in (string[])["synchronous = full", "recursive_triggers = on", "busy_timeout = 0", "cache_size = -16000"])
            Check(connection, raw.sqlite3_exec(connection.Handle, $"pragma {pragma}"));
        return connection;
    }

    // through the C interface: the driver would sleep 150 ms whenever another process holds the lock
    private static async Task Execute(SqliteConnection connection, string text)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var code = raw.sqlite3_exec(connection.Handle, text);
            if (code == raw.SQLITE_BUSY && TimeProvider.System.GetElapsedTime(started) < PatienceForOtherProcesses)
            {
                await Task.Delay(1);
                continue;
            }

            Check(connection, code);
            return;
        }
    }

    private static void Check(SqliteConnection connection, int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, connection.Handle);
    }

    /// <summary>Closes the idle connections.</summary>
    public void Dispose()
    {
        while (idle.TryTake(out var connection)) connection.Dispose();
        looking?.Dispose();
        watcher?.Dispose();
        gate.Dispose();
    }

    [GeneratedRegex(@"\b(nvarchar|varbinary|varchar)\(max\)", RegexOptions.IgnoreCase)]
    private static partial Regex Max();

    [GeneratedRegex(@"^\s+(?<name>\w+)\s+n?varchar\((?<length>\d+)\)(?<rest>[^,\n]*?)(?=,?\s*$|\s+constraint)",
        RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Column();
}
