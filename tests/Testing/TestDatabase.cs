using Database;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging.Abstractions;

namespace Testing;

/// <summary>A migrated database of its own on the named engine; gone when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private static readonly SemaphoreSlim Making = new(1, 1);
    private static string? template;
    private readonly Func<Task> drop;

    private TestDatabase(Engine engine, string target, Func<Task> drop)
    {
        Engine = engine;
        Target = target;
        Db = new Db(engine);
        this.drop = drop;
    }

    public Engine Engine { get; }

    public Db Db { get; }

    /// <summary>The file or connection string, for another process.</summary>
    public string Target { get; }

    /// <summary>An engine of its own on the same database, as another process has it.</summary>
    public Engine Another() => On(Engine.Name, Target);

    /// <summary>The engine of the name on a file or connection string.</summary>
    public static Engine On(string engine, string target) => engine == "SQLite" ? new SqliteEngine(target) : new SqlServerEngine(target);

    /// <summary>A database with every migration, on <c>SQLite</c> or <c>SQL Server</c>.</summary>
    public static async Task<TestDatabase> Create(string engine = "SQLite")
    {
        var made = engine == "SQLite" ? await FromTemplate() : Empty(engine);
        if (engine != "SQLite") await Migrator(made.Db).Migrate();
        return made;
    }

    /// <summary>A database without any table.</summary>
    public static TestDatabase Empty(string engine = "SQLite")
    {
        if (engine == "SQLite")
        {
            var file = Path.Combine(Path.GetTempPath(), $"portal-test-{Guid.NewGuid():n}.db");
            var sqlite = new SqliteEngine(file);
            return new TestDatabase(sqlite, file, () =>
            {
                sqlite.Dispose();
                foreach (var part in (string[])["", "-wal", "-shm"]) File.Delete(file + part);
                return Task.CompletedTask;
            });
        }

        var name = $"portal_test_{Guid.NewGuid():n}";
        var server = Environment.GetEnvironmentVariable(EnginesAttribute.SqlServerVariable)!;
        var own = new SqlConnectionStringBuilder(server) { InitialCatalog = name }.ToString();
        return new TestDatabase(new SqlServerEngine(own), own, async () =>
        {
            // a connection that another process or a stopping host still holds goes in a moment
            await Wait.Until(() => Dropped(server, name), $"{name} to be dropped");
        });
    }

    private static async Task<bool> Dropped(string server, string name)
    {
        SqlConnection.ClearAllPools();
        await using var connection = new SqlConnection(server);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from sys.databases where name = @Name";
        command.Parameters.AddWithValue("@Name", name);
        if (await command.ExecuteScalarAsync() is 0) return true;
        command.CommandText = $"drop database [{name}]";
        try
        {
            await command.ExecuteNonQueryAsync();
            return true;
        }
        catch (SqlException inUse) when (inUse.Class < 20)
        {
            return false;
        }
    }

    public static Migrator Migrator(Db db) => new(db, TimeProvider.System, NullLogger<Migrator>.Instance);

    // migrating once and copying the file keeps hundreds of tests fast
    private static async Task<TestDatabase> FromTemplate()
    {
        await Making.WaitAsync();
        try
        {
            if (template is null)
            {
                var file = Path.Combine(Path.GetTempPath(), $"portal-template-{Guid.NewGuid():n}.db");
                using (var engine = new SqliteEngine(file)) await Migrator(new Db(engine)).Migrate();
                AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(file);
                template = file;
            }
        }
        finally
        {
            Making.Release();
        }

        var made = Empty();
        File.Copy(template, ((SqliteEngine)made.Engine).File);
        return made;
    }

    public async ValueTask DisposeAsync() => await drop();
}
