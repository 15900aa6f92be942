using System.Data;
using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.Data.SqlClient;

namespace Database;

/// <summary>SQL Server, or another server that speaks T-SQL over TDS: what a provider runs when one machine is not enough.</summary>
public sealed class SqlServerEngine(string connectionString) : Engine
{
    private const int TimedOut = -2;
    private const int FatalSeverity = 20;

    private readonly string connectionString = new SqlConnectionStringBuilder(connectionString)
    {
        MultipleActiveResultSets = false,
        ApplicationName = "Portal",
    }.ToString();

    /// <inheritdoc/>
    public override string Name => "SQL Server";

    /// <inheritdoc/>
    public override async ValueTask<DbConnection> Open()
    {
        var connection = new SqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <inheritdoc/>
    public override ValueTask Release(DbConnection connection, bool healthy)
    {
        // a severed or timed-out session poisons the driver's pool: later commands would run outside their transaction
        if (!healthy) SqlConnection.ClearAllPools();
        return connection.DisposeAsync();
    }

    internal override Task<T> WriteOnce<T>(Func<Tx, Task<T>> body) => Transaction(IsolationLevel.ReadCommitted, body);

    // SQL Server is set to row versions at Prepare; other servers read snapshots by default and take the level as repeatable read
    internal override Task<T> SnapshotOnce<T>(Func<Tx, Task<T>> body) => Transaction(IsolationLevel.Snapshot, body);

    private async Task<T> Transaction<T>(IsolationLevel level, Func<Tx, Task<T>> body)
    {
        var connection = await Open();
        var healthy = true;
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(level);
            var result = await body(new Tx(connection, transaction));
            try
            {
                await transaction.CommitAsync();
            }
            catch (Exception unclear) when (IsFatal(unclear))
            {
                // it may have been committed: running the body again could do everything twice
                throw new CommitUnclearException(unclear);
            }

            return result;
        }
        catch (Exception trouble) when (trouble is CommitUnclearException || IsFatal(trouble))
        {
            healthy = false;
            throw;
        }
        finally
        {
            await Release(connection, healthy);
        }
    }

    // 2601 and 2627, and 1205 and the other retry codes, are one outcome each: servers differ in which they send
    internal override Trouble Kind(Exception exception) => (exception as SqlException)?.Number switch
    {
        2601 or 2627 => Trouble.Duplicate,
        547 => Trouble.ForeignKey,
        1205 or 1222 or 3960 or 41302 or 41305 or 41325 or TimedOut => Trouble.Busy,
        _ when IsFatal(exception) => Trouble.Broken,
        _ => Trouble.Other,
    };

    // the 2.1 driver throws the second kind when the stream of answers makes no sense to it
    private static bool IsFatal(Exception exception) => exception switch
    {
        SqlException trouble => trouble.Class >= FatalSeverity || trouble.Number == TimedOut,
        InvalidOperationException trouble => trouble.Message.Contains("Internal connection fatal error", StringComparison.Ordinal),
        _ => false,
    };

    internal override string Ddl(string statement) => statement;

    internal override IEnumerable<string> Immutable(string table)
    {
        yield return $"""
            create trigger TR_{table}_immutable on {table} after update, delete as
            begin
                throw 51000, '{table} is immutable', 1;
            end
            """;
    }

    internal override async Task Prepare()
    {
        var target = new SqlConnectionStringBuilder(connectionString);
        if (target.InitialCatalog is "" or "master") return;
        await using var server = new SqlConnection(new SqlConnectionStringBuilder(connectionString) { InitialCatalog = "master" }.ToString());
        await server.OpenAsync();
        var isSqlServer = await server.ExecuteScalarAsync<object?>("select serverproperty('BabelfishVersion')") is null or DBNull;
        var name = target.InitialCatalog.Replace("]", "]]", StringComparison.Ordinal);
        // binary collation: = and order by agree with SQLite
        var collation = isSqlServer ? " collate Latin1_General_100_BIN2" : "";
        if (!await Exists(server, target.InitialCatalog)) await UnlessDone(
            () => server.ExecuteAsync($"create database [{name}]{collation}"), () => Exists(server, target.InitialCatalog));

        if (!isSqlServer || await IsVersioned(server, target.InitialCatalog)) return;
        await UnlessDone(
            async () =>
            {
                await server.ExecuteAsync($"alter database [{name}] set allow_snapshot_isolation on");
                await server.ExecuteAsync($"alter database [{name}] set read_committed_snapshot on with rollback immediate");
            },
            () => IsVersioned(server, target.InitialCatalog));
    }

    private static async Task<bool> Exists(SqlConnection server, string database) =>
        await server.ExecuteScalarAsync<int>("select count(*) from sys.databases where name = @Name", new { Name = database }) > 0;

    private static async Task<bool> IsVersioned(SqlConnection server, string database) => await server.ExecuteScalarAsync<int>(
        "select count(*) from sys.databases where name = @Name and is_read_committed_snapshot_on = 1 and snapshot_isolation_state = 1",
        new { Name = database }) > 0;

    // hosts start together: what fails because another one has just done it is done
    private static async Task UnlessDone(Func<Task> act, Func<Task<bool>> done)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await act();
                return;
            }
            catch (SqlException) when (attempt < 10)
            {
                await Task.Delay(Random.Shared.Next(50, 500));
                if (await done()) return;
            }
        }
    }

    internal override async Task<bool> HasTable(DbConnection connection, DbTransaction? transaction, string table) =>
        await connection.ExecuteScalarAsync<int>(
            "select case when object_id(@Table, 'U') is null then 0 else 1 end", new { Table = table }, transaction) > 0;

    internal override async Task WithMigrationLock(Func<DbConnection, DbTransaction?, Task> body)
    {
        await using var connection = new SqlConnection(connectionString);
        await connection.OpenAsync();
        await UnlessDone(() => MakeMigrationLock(connection), () => Task.FromResult(false));
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "update MigrationLock set Taken = @Now where Id = 1",
            new { Now = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture) },
            transaction,
            commandTimeout: 300);
        await body(connection, transaction);
        await transaction.CommitAsync();
    }

    private const string LockIsThere = "select case when object_id('MigrationLock', 'U') is null then 0 else 1 end";

    private static async Task MakeMigrationLock(SqlConnection connection)
    {
        if (await connection.ExecuteScalarAsync<int>(LockIsThere) == 0)
            await connection.ExecuteAsync("create table MigrationLock (Id int not null constraint PK_MigrationLock primary key, Taken datetime2(3) null)");
        await connection.ExecuteAsync("insert into MigrationLock (Id) select 1 where not exists (select 1 from MigrationLock where Id = 1)");
    }
}
