using System.Xml.Linq;
using Database;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace House.Tests;

/// <summary>Who may refer to whom, and who may write what.</summary>
public sealed class Rooms
{
    [Theory]
    [InlineData("Database", "")]
    [InlineData("Billing", "Database")]
    [InlineData("Portal", "Billing")]
    [InlineData("Provisioning", "Database")]
    public void A_project_refers_only_to_the_one_below(string project, string below)
    {
        var references = XDocument.Load(Path.Combine(Repository.Root, project, $"{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));
        Assert.Equal(below.Split(',', StringSplitOptions.RemoveEmptyEntries), references);
    }

    [Fact]
    public void A_table_is_written_by_its_own_room_alone()
    {
        var wrong =
            from text in Repository.Statements
            let targets = new WriteTargets(TSql.Parse(text.Text))
            from table in targets.Tables
            let room = SchemaOfMigrations.Tables.TryGetValue(table, out var known) ? known.Room : RoomOfCore(table)
            where !IsIn(text.Owner, room)
            select $"{text} writes {table}, which belongs to {room}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_migration_names_its_room_and_the_room_exists()
    {
        foreach (var migration in Migration.All)
        {
            Assert.True(migration.Room.Length > 0, $"{migration.Number:0000}_{migration.Name}.sql does not start with '-- room: …'");
            Assert.True(Directory.Exists(Path.Combine(Repository.Root, migration.Room)), $"{migration.Room} is no folder");
        }
    }

    [Fact]
    public void Migrations_are_numbered_without_a_repeat() =>
        Assert.Equal(Migration.All.Count, Migration.All.Select(migration => migration.Number).Distinct().Count());

    [Fact]
    public void No_column_holds_fractions_and_every_constraint_has_a_name()
    {
        var wrong = new List<string>();
        foreach (var table in SchemaOfMigrations.Tables.Values)
        {
            wrong.AddRange(table.Columns
                .Where(column => column.Type is "DECIMAL" or "NUMERIC" or "FLOAT" or "REAL" or "MONEY" or "DATETIME" or "UNIQUEIDENTIFIER")
                .Select(column => $"{table.Name}.{column.Name} is {column.Type}"));
            var constraints = table.Statement.Definition.TableConstraints
                .Concat(table.Statement.Definition.ColumnDefinitions.SelectMany(column => column.Constraints))
                .Where(constraint => constraint is not NullableConstraintDefinition);
            wrong.AddRange(constraints.Where(constraint => constraint.ConstraintIdentifier is null)
                .Select(constraint => $"{table.Name} has a {constraint.GetType().Name} without a name"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_room_says_what_it_offers_and_why()
    {
        var rooms = Repository.Files("Room.cs").Where(file => !file.StartsWith("tests/", StringComparison.Ordinal))
            .Select(file => Path.GetDirectoryName(file)!.Replace('\\', '/'));
        Assert.Empty(rooms.Where(room => !File.Exists(Path.Combine(Repository.Root, room, "README.md"))));
    }

    private static string RoomOfCore(string table) => table == "Migration" ? "Database" : $"no room: {table} is in no migration";

    private static bool IsIn(Type owner, string room)
    {
        var space = owner.Namespace!.Replace('.', '/');
        return space == room || space.StartsWith(room + "/", StringComparison.Ordinal);
    }

    private sealed class WriteTargets : TSqlFragmentVisitor
    {
        public WriteTargets(TSqlScript script) => script.Accept(this);

        public HashSet<string> Tables { get; } = new(StringComparer.OrdinalIgnoreCase);

        public override void Visit(InsertSpecification node) => Add(node.Target);

        public override void Visit(UpdateSpecification node) => Add(node.Target);

        public override void Visit(DeleteSpecification node) => Add(node.Target);

        private void Add(TableReference target) => Tables.Add(((NamedTableReference)target).SchemaObject.BaseIdentifier.Value);
    }
}
