using Database;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace House.Tests;

/// <summary>Migrations keep to what SQLite, SQL Server and other servers that speak T-SQL all understand.</summary>
public sealed class EveryMigration
{
    // SQL Server's keys are at most that wide; the primary key is the clustered one
    private const int WidestKey = 900;
    private const int WidestIndex = 1700;

    public static TheoryData<string> Names => [.. Migration.All.Select(NameOf)];

    [Theory, MemberData(nameof(Names))]
    public void Is_written_in_the_common_subset(string name)
    {
        var shared = new SharedDdl();
        foreach (var statement in Migration.All.First(one => NameOf(one) == name).Statements)
        {
            var script = TSql.Parse(statement);
            var only = Assert.Single(script.Batches.SelectMany(batch => batch.Statements));
            if (only is not (CreateTableStatement or CreateIndexStatement or AlterTableAddTableElementStatement or AlterTableDropTableElementStatement
                or DropIndexStatement or DropTableStatement or InsertStatement or UpdateStatement or DeleteStatement))
                shared.Found.Add($"{only.GetType().Name} is not in the common subset: {statement}");
            script.Accept(shared);
            if (only is not (InsertStatement or UpdateStatement or DeleteStatement)) continue;
            var banned = new BannedConstructs();
            only.Accept(banned);
            shared.Found.AddRange(banned.Found);
        }

        Assert.Empty(shared.Found);
    }

    [Fact]
    public void No_key_is_wider_than_an_index_can_be_and_none_lies_on_an_endless_text()
    {
        var wrong = new List<string>();
        foreach (var (table, index, columns, most) in Keys())
        {
            var width = columns.Sum(column => WidthOf(table, column));
            if (width > most) wrong.Add($"{index} on {table}: up to {width} bytes, {most} are possible");
        }

        Assert.Empty(wrong);
    }

    // one null in a unique constraint is the most that SQL Server allows: an absent value is left out by a filter
    [Fact]
    public void What_may_be_absent_is_unique_by_a_filtered_index()
    {
        var wrong = from table in SchemaOfMigrations.Tables.Values
                    from constraint in Constraints(table.Statement)
                    where !constraint.IsPrimaryKey
                    from column in ColumnsOf(table.Statement, constraint)
                    where IsNullable(table, column)
                    select $"{table.Name}.{column}";
        Assert.Empty(wrong);
    }

    private static string NameOf(Migration migration) => $"{migration.Number:0000}_{migration.Name}";

    private static IEnumerable<(SchemaOfMigrations.Table Table, string Index, List<string> Columns, int Most)> Keys()
    {
        foreach (var table in SchemaOfMigrations.Tables.Values)
        {
            foreach (var constraint in Constraints(table.Statement))
            {
                var most = constraint.IsPrimaryKey ? WidestKey : WidestIndex;
                yield return (table, constraint.ConstraintIdentifier.Value, [.. ColumnsOf(table.Statement, constraint)], most);
            }
        }

        foreach (var index in Migration.All.SelectMany(one => one.Statements).SelectMany(text => TSql.Parse(text).Batches)
            .SelectMany(batch => batch.Statements).OfType<CreateIndexStatement>())
        {
            yield return (SchemaOfMigrations.Tables[index.OnName.BaseIdentifier.Value], index.Name.Value,
                [.. index.Columns.Select(column => column.Column.MultiPartIdentifier.Identifiers[^1].Value)], WidestIndex);
        }
    }

    private static IEnumerable<UniqueConstraintDefinition> Constraints(CreateTableStatement table) => table.Definition.TableConstraints
        .Concat(table.Definition.ColumnDefinitions.SelectMany(column => column.Constraints)).OfType<UniqueConstraintDefinition>();

    private static IEnumerable<string> ColumnsOf(CreateTableStatement table, UniqueConstraintDefinition constraint) => constraint.Columns.Count > 0
        ? constraint.Columns.Select(column => column.Column.MultiPartIdentifier.Identifiers[^1].Value)
        : table.Definition.ColumnDefinitions.Where(column => column.Constraints.Contains(constraint)).Select(column => column.ColumnIdentifier.Value);

    private static ColumnDefinition? Find(SchemaOfMigrations.Table table, string column) => table.Statement.Definition.ColumnDefinitions
        .FirstOrDefault(one => string.Equals(one.ColumnIdentifier.Value, column, StringComparison.Ordinal));

    private static bool IsNullable(SchemaOfMigrations.Table table, string column) =>
        Find(table, column)?.Constraints.OfType<NullableConstraintDefinition>().Any(constraint => constraint.Nullable) == true;

    private static int WidthOf(SchemaOfMigrations.Table table, string column)
    {
        // a column that a later migration has added is not looked for here
        if (Find(table, column)?.DataType is not SqlDataTypeReference type) return 8;
        var length = type.Parameters.FirstOrDefault() switch
        {
            MaxLiteral => int.MaxValue / 8,
            IntegerLiteral number => int.Parse(number.Value, null),
            _ => 8,
        };
        return type.SqlDataTypeOption switch
        {
            SqlDataTypeOption.NVarChar or SqlDataTypeOption.NChar => 2 * length,
            SqlDataTypeOption.VarChar or SqlDataTypeOption.Char or SqlDataTypeOption.VarBinary => length,
            _ => 8,
        };
    }
}

/// <summary>Words of table definitions that one of the servers lacks or reads in its own way.</summary>
internal sealed class SharedDdl : TSqlFragmentVisitor
{
    private static readonly HashSet<SqlDataTypeOption> Types =
    [
        SqlDataTypeOption.VarChar, SqlDataTypeOption.NVarChar, SqlDataTypeOption.VarBinary, SqlDataTypeOption.Int, SqlDataTypeOption.BigInt,
        SqlDataTypeOption.Bit, SqlDataTypeOption.DateTime2,
    ];

    public List<string> Found { get; } = [];

    public override void Visit(ColumnDefinition node)
    {
        var name = node.ColumnIdentifier.Value;
        if (node.ComputedColumnExpression is not null) Found.Add($"{name} is computed");
        if (node.IdentityOptions is not null) Found.Add($"{name} numbers itself");
        if (node.Collation is not null) Found.Add($"{name} has a collation of its own");
        if (node.Index is not null) Found.Add($"{name} has an index inside the table; use create index");
        if (node.Constraints.OfType<NullableConstraintDefinition>().Count() != 1) Found.Add($"{name} says neither null nor not null");
    }

    public override void Visit(SqlDataTypeReference node)
    {
        if (!Types.Contains(node.SqlDataTypeOption)) Found.Add($"the type {node.SqlDataTypeOption}");
        else if (node.SqlDataTypeOption == SqlDataTypeOption.DateTime2 && node.Parameters is not [IntegerLiteral { Value: "3" }])
            Found.Add("datetime2 that is not datetime2(3)");
        else if (node.SqlDataTypeOption is SqlDataTypeOption.VarChar or SqlDataTypeOption.NVarChar or SqlDataTypeOption.VarBinary && node.Parameters.Count != 1)
            Found.Add($"{node.SqlDataTypeOption} without a length");
    }

    public override void Visit(TableDefinition node)
    {
        if (node.Indexes.Count > 0) Found.Add("an index inside the table; use create index");
    }

    public override void Visit(AlterTableAddTableElementStatement node)
    {
        if (node.Definition.ColumnDefinitions.Count + node.Definition.TableConstraints.Count != 1) Found.Add("several things in one add; one alter table each");
        foreach (var column in node.Definition.ColumnDefinitions)
        {
            var isNullable = column.Constraints.OfType<NullableConstraintDefinition>().Any(constraint => constraint.Nullable);
            if (!isNullable && column.DefaultConstraint is null) Found.Add($"{column.ColumnIdentifier.Value} is new, not null and without a default");
        }
    }

    public override void Visit(AlterTableDropTableElement node)
    {
        if (node.TableElementType == TableElementType.Constraint) Found.Add("a constraint is dropped by name; SQLite cannot");
    }

    public override void Visit(CreateIndexStatement node)
    {
        if (node.IncludeColumns.Count > 0) Found.Add($"{node.Name.Value} includes columns");
        if (node.IndexOptions.Count > 0) Found.Add($"{node.Name.Value} has options");
        if (node.Clustered is not null) Found.Add($"{node.Name.Value} says how it is clustered");
    }

    public override void Visit(UniqueConstraintDefinition node)
    {
        if (node.Clustered is not null) Found.Add($"{node.ConstraintIdentifier?.Value} says how it is clustered");
    }

    public override void Visit(ForeignKeyConstraintDefinition node)
    {
        if (node.DeleteAction != DeleteUpdateAction.NotSpecified || node.UpdateAction != DeleteUpdateAction.NotSpecified)
            Found.Add($"{node.ConstraintIdentifier?.Value} cascades");
    }
}
