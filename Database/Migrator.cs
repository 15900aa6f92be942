using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Database;

/// <summary>Brings the database to the newest schema: numbered files, each run once, under a lock, with its checksum kept.</summary>
public sealed class Migrator(Db db, TimeProvider clock, ILogger<Migrator> log)
{
    /// <summary>Runs what is missing. Twice is harmless; two processes at once wait for one another.</summary>
    /// <exception cref="InvalidOperationException">A file that has already run was changed, or the database is newer than this build.</exception>
    public Task Migrate() => Migrate(Migration.All);

    internal async Task Migrate(IReadOnlyList<Migration> migrations)
    {
        var engine = db.Engine;
        await engine.Prepare();
        await engine.WithMigrationLock(async (connection, transaction) =>
        {
            await Journal(connection, transaction);
            var done = (await connection.QueryAsync<Applied>(Sql.Done, transaction: transaction)).ToDictionary(row => row.Number);
            if (done.Keys.Except(migrations.Select(migration => migration.Number)).FirstOrDefault() is var unknown and > 0)
                throw new InvalidOperationException(
                    $"The database has migration {unknown:0000}, which this build does not know. Start the newer build, or restore a backup.");
            foreach (var migration in migrations)
            {
                if (done.TryGetValue(migration.Number, out var before))
                {
                    if (before.Checksum != migration.Checksum)
                        throw new InvalidOperationException(
                            $"Migration {migration.Number:0000}_{migration.Name} has run here with another text. Released migrations never change: add a new one.");
                    continue;
                }

                foreach (var statement in StatementsFor(engine, migration)) await connection.ExecuteAsync(statement, transaction: transaction);
                await connection.ExecuteAsync(
                    Sql.Record, new { migration.Number, migration.Name, migration.Checksum, Now = clock.GetUtcNow() }, transaction);
                log.LogInformation("Migrated to {Number} {Name}", migration.Number, migration.Name);
            }
        });
    }

    internal static IEnumerable<string> StatementsFor(Engine engine, Migration migration) =>
        migration.Statements.Select(engine.Ddl).Concat(migration.ImmutableTables.SelectMany(engine.Immutable));

    private async Task Journal(DbConnection connection, DbTransaction? transaction)
    {
        if (await db.Engine.HasTable(connection, transaction, "Migration")) return;
        await connection.ExecuteAsync(db.Engine.Ddl(Sql.Journal), transaction: transaction);
    }

    private sealed record Applied
    {
        public int Number { get; init; }
        public string Checksum { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Journal = """
            create table Migration (
                Number int not null constraint PK_Migration primary key,
                Name varchar(80) not null,
                Checksum varchar(64) not null,
                AppliedAt datetime2(3) not null
            )
            """;

        public const string Done = "select Number, Checksum from Migration";

        public const string Record = """
            insert into Migration (Number, Name, Checksum, AppliedAt)
            values (@Number, @Name, @Checksum, @Now)
            """;
    }
}
