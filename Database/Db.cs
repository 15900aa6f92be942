using System.Data.Common;
using Dapper;
using Database.Audit;

namespace Database;

/// <summary>The database: reads outside, writes inside a transaction. One SQL text for both engines.</summary>
public sealed class Db
{
    private const int Tries = 12;
    private const int TriesOnBrokenConnections = 3;

    private readonly AuditKeys keys;

    /// <summary>The database on the engine; <paramref name="keys"/> encrypt what audit events tell of people.</summary>
    public Db(Engine engine, AuditKeys? keys = null)
    {
        TypeHandlers.Register();
        Engine = engine;
        this.keys = keys ?? AuditKeys.Unset;
    }

    /// <summary>Set by tests: called with every SQL text before it runs, and throws for one that is not registered.</summary>
    public static Action<string>? Inspect { get; set; }

    /// <summary>The engine below.</summary>
    public Engine Engine { get; }

    /// <summary>
    /// Changes with each commit of this and every other process; null where the engine has no such number. What was read after this was asked
    /// for is still true while the number is the same.
    /// </summary>
    public long? Version => Engine.DataVersion();

    /// <summary>Raised after a write of this process has been committed: whoever waits for work may look.</summary>
    public event Action? Written;

    /// <summary>All rows.</summary>
    public Task<IReadOnlyList<T>> Query<T>(string sql, object? args = null) => Reading(tx => tx.Query<T>(sql, args));

    /// <summary>The first <paramref name="most"/> rows: reading stops there, so a long list in an index's order costs what is shown of it.</summary>
    public Task<IReadOnlyList<T>> Some<T>(string sql, object? args, int most) => Reading(tx => tx.Some<T>(sql, args, most));

    /// <summary>The first row, or default.</summary>
    public Task<T?> One<T>(string sql, object? args = null) => Reading(tx => tx.One<T>(sql, args));

    /// <summary>
    /// Runs the body in a write transaction and commits it. The body runs again after a deadlock, a busy database or a racing
    /// duplicate, so it has no effects but its SQL and awaits nothing but the transaction.
    /// </summary>
    /// <exception cref="DuplicateKeyException">The duplicate is no race.</exception>
    /// <exception cref="ForeignKeyException">A row refers to one that does not exist.</exception>
    public async Task<T> Write<T>(Func<Tx, Task<T>> body)
    {
        var result = await Again(() => Engine.WriteOnce(tx =>
        {
            tx.Keys = keys;
            return body(tx);
        }));
        Written?.Invoke();
        return result;
    }

    /// <inheritdoc cref="Write{T}"/>
    public Task Write(Func<Tx, Task> body) => Write(async tx =>
    {
        await body(tx);
        return true;
    });

    /// <summary>Runs the body so that all its reads see one state.</summary>
    public Task<T> Snapshot<T>(Func<Tx, Task<T>> body) => Again(() => Engine.SnapshotOnce(body));

    // a reader meets a busy database too, while another process opens or closes the file for the first or last time
    private Task<T> Reading<T>(Func<Tx, Task<T>> body) => Again(() => ReadingOnce(body));

    private async Task<T> ReadingOnce<T>(Func<Tx, Task<T>> body)
    {
        var connection = await Engine.Open();
        var healthy = true;
        try
        {
            return await body(new Tx(connection, null));
        }
        catch (Exception trouble) when (trouble is DbException || Engine.Kind(trouble) == Trouble.Broken)
        {
            healthy = false;
            throw;
        }
        finally
        {
            await Engine.Release(connection, healthy);
        }
    }

    private async Task<T> Again<T>(Func<Task<T>> once)
    {
        var duplicates = 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await once();
            }
            catch (DbException trouble) when (Engine.Kind(trouble) == Trouble.Busy && attempt < Tries)
            {
                await Task.Delay(Random.Shared.Next(1, 1 << Math.Min(attempt, 8)));
            }
            catch (Exception trouble) when (Engine.Kind(trouble) == Trouble.Broken && attempt < TriesOnBrokenConnections)
            {
                await Task.Delay(Random.Shared.Next(1, 100));
            }
            catch (DbException trouble) when (Engine.Kind(trouble) == Trouble.Duplicate)
            {
                if (duplicates++ > 0) throw new DuplicateKeyException(trouble);
            }
            catch (DbException trouble) when (Engine.Kind(trouble) == Trouble.ForeignKey)
            {
                throw new ForeignKeyException(trouble);
            }
        }
    }
}

/// <summary>An open transaction. Texts are registered constants (a nested <c>Sql</c> class of the type that uses them).</summary>
public sealed class Tx
{
    private readonly DbConnection connection;
    private readonly DbTransaction? transaction;

    internal Tx(DbConnection connection, DbTransaction? transaction) => (this.connection, this.transaction) = (connection, transaction);

    internal AuditKeys Keys { get; set; } = AuditKeys.Unset;

    /// <summary>Keys of people that this transaction made.</summary>
    internal Dictionary<string, byte[]> NewKeys => field ??= new(StringComparer.Ordinal);

    /// <summary>All rows.</summary>
    public async Task<IReadOnlyList<T>> Query<T>(string sql, object? args = null) =>
        (await connection.QueryAsync<T>(Prepared(sql, args))).AsList();

    /// <summary>The first <paramref name="most"/> rows.</summary>
    internal async Task<IReadOnlyList<T>> Some<T>(string sql, object? args, int most)
    {
        var command = Prepared(sql, args);
        var rows = new List<T>();
        await foreach (var row in connection.QueryUnbufferedAsync<T>(command.CommandText, command.Parameters, transaction))
        {
            rows.Add(row);
            if (rows.Count == most) break;
        }

        return rows;
    }

    /// <summary>The first row, or default.</summary>
    public async Task<T?> One<T>(string sql, object? args = null) =>
        await connection.QueryFirstOrDefaultAsync<T>(Prepared(sql, args));

    /// <summary>Runs the statement; the number of rows it touched.</summary>
    public Task<int> Execute(string sql, object? args = null) => connection.ExecuteAsync(Prepared(sql, args));

    private CommandDefinition Prepared(string sql, object? args)
    {
        Db.Inspect?.Invoke(sql);
        (sql, args) = SqlLists.Expand(sql, args);
        return new CommandDefinition(sql, args, transaction);
    }
}
