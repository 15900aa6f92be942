using System.Data.Common;
using System.Text;
using System.Text.RegularExpressions;
using Dapper;
using Testing;
using Xunit;

namespace Database.Tests;

public sealed partial class Migrations
{
    [Theory, Engines]
    public async Task Twice_is_harmless(string engine)
    {
        await using var database = TestDatabase.Empty(engine);
        await TestDatabase.Migrator(database.Db).Migrate();
        var before = await Structure.Of(database);
        await TestDatabase.Migrator(database.Db).Migrate();
        Assert.Equal(before, await Structure.Of(database));
        Assert.Equal(Migration.All.Count, await database.Db.One<long>(Sql.Count));
    }

    [Theory, Engines]
    public async Task Hosts_that_start_at_once_migrate_once(string engine)
    {
        await using var database = TestDatabase.Empty(engine);
        await database.Engine.Prepare();
        var engines = Enumerable.Range(0, 4).Select(_ => database.Another()).ToList();
        await Task.WhenAll(engines.Select(one => Task.Run(() => TestDatabase.Migrator(new Db(one)).Migrate())));
        foreach (var one in engines) (one as IDisposable)?.Dispose();
        Assert.Equal(Migration.All.Count, await database.Db.One<long>(Sql.Count));
    }

    [Theory, Engines]
    public async Task A_file_that_changed_after_it_ran_is_refused(string engine)
    {
        await using var database = await Things.Create(engine);
        var changed = Things.Migration with { Text = Things.Migration.Text + "\n" };
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestDatabase.Migrator(database.Db).Migrate([changed]));
        Assert.Contains("0001_things", refused.Message, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_database_of_a_newer_build_is_refused(string engine)
    {
        await using var database = await Things.Create(engine);
        var newer = new Migration(2, "more", "create table More (Id int not null constraint PK_More primary key);");
        await TestDatabase.Migrator(database.Db).Migrate([Things.Migration, newer]);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestDatabase.Migrator(database.Db).Migrate([Things.Migration]));
        Assert.Contains("0002", refused.Message, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_file_that_fails_leaves_nothing_and_runs_once_it_is_mended(string engine)
    {
        await using var database = TestDatabase.Empty(engine);
        var half = new Migration(2, "half", "create table Half (Id int not null constraint PK_Half primary key);\ninsert into Nowhere (Id) values (1);");
        await Assert.ThrowsAnyAsync<DbException>(() => TestDatabase.Migrator(database.Db).Migrate([Things.Migration, half]));
        var mended = half with { Text = half.Text.Replace("Nowhere", "Half", StringComparison.Ordinal) };
        await TestDatabase.Migrator(database.Db).Migrate([Things.Migration, mended]);
        Assert.Equal(2, await database.Db.One<long>(Sql.Count));
    }

    [Theory, Engines]
    public async Task From_empty_they_make_what_Schema_sql_says(string engine)
    {
        await using var migrated = TestDatabase.Empty(engine);
        await TestDatabase.Migrator(migrated.Db).Migrate();
        await using var written = TestDatabase.Empty(engine);
        await TestDatabase.Migrator(written.Db).Migrate([new Migration(1, "schema", await File.ReadAllTextAsync(SchemaFile))]);
        Assert.Equal(await Structure.Of(written), await Structure.Of(migrated));
    }

    [Fact]
    public async Task Schema_sql_is_what_they_make()
    {
        await using var database = TestDatabase.Empty();
        await TestDatabase.Migrator(database.Db).Migrate();
        var schema = await Written(database);
        if (Environment.GetEnvironmentVariable("PORTAL_WRITE_SCHEMA") == "1") await File.WriteAllTextAsync(SchemaFile, schema);
        var file = (await File.ReadAllTextAsync(SchemaFile)).ReplaceLineEndings("\n");
        Assert.True(schema == file, "Database/Schema.sql is not what the migrations make; write it anew by ./dev schema and look at the difference.");
    }

    // what SQLite remembers of each table, in the words that both engines share again
    private static async Task<string> Written(TestDatabase database)
    {
        var connection = await database.Engine.Open();
        var rows = (await connection.QueryAsync<(string Type, string Name, string Table, string Text)>(
            "select type, name, tbl_name, sql from sqlite_master where sql is not null and name <> 'Migration' order by rowid")).ToList();
        await database.Engine.Release(connection, healthy: true);
        var text = new StringBuilder("-- Every table as the migrations leave it. Written by ./dev schema; a test compares.\n");
        var immutable = rows.Where(row => row.Type == "trigger").Select(row => row.Table).Distinct().ToList();
        if (immutable.Count > 0) text.Append("-- immutable: ").AppendJoin(", ", immutable).Append('\n');
        foreach (var table in rows.GroupBy(row => row.Table))
        {
            foreach (var row in table.Where(row => row.Type != "trigger"))
                text.Append(row.Type == "table" ? "\n" : "").Append(Shared(row.Text)).Append(";\n");
        }

        return text.ToString();
    }

    private static string Shared(string ddl) => Blob().Replace(Text().Replace(Length().Replace(ddl, ""), "${before}nvarchar(max)"), "${before}varbinary(max)")
        .Replace("CREATE TABLE", "create table", StringComparison.Ordinal)
        .Replace("CREATE UNIQUE INDEX", "create unique index", StringComparison.Ordinal)
        .Replace("CREATE INDEX", "create index", StringComparison.Ordinal);

    private static string SchemaFile { get; } = Path.Combine(Root(), "Database", "Schema.sql");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Portal.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Portal.sln was not found above the test.");
    }

    [GeneratedRegex(@" check \(length\(\w+\) <= \d+\)")]
    private static partial Regex Length();

    [GeneratedRegex(@"(?<before>^\s+\w+\s+)text\b", RegexOptions.Multiline)]
    private static partial Regex Text();

    [GeneratedRegex(@"(?<before>^\s+\w+\s+)blob\b", RegexOptions.Multiline)]
    private static partial Regex Blob();

    internal static class Sql
    {
        public const string Count = "select count(*) from Migration";
    }
}

/// <summary>Tables, columns, keys and triggers as the engine's own catalogue lists them.</summary>
internal static class Structure
{
    private const string SqliteText = """
        select concat(type, ' ', name, ' ', sql) from sqlite_master where sql is not null and name <> 'Migration' order by type, name
        """;

    private const string Tsql = """
        select concat(c.TABLE_NAME, '.', c.COLUMN_NAME, ' ', c.DATA_TYPE, ' ', c.CHARACTER_MAXIMUM_LENGTH, ' ', c.IS_NULLABLE)
        from INFORMATION_SCHEMA.COLUMNS c
        where c.TABLE_NAME not in ('Migration', 'MigrationLock')
        union all
        select concat(k.TABLE_NAME, ' ', k.CONSTRAINT_TYPE, ' ', k.CONSTRAINT_NAME)
        from INFORMATION_SCHEMA.TABLE_CONSTRAINTS k
        where k.TABLE_NAME not in ('Migration', 'MigrationLock')
        order by 1
        """;

    public static async Task<List<string>> Of(TestDatabase database)
    {
        var connection = await database.Engine.Open();
        var lines = (await connection.QueryAsync<string>(database.Engine.Name == "SQLite" ? SqliteText : Tsql)).AsList();
        await database.Engine.Release(connection, healthy: true);
        return lines;
    }
}
