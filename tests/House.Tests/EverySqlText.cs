using System.Data;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Testing;
using Xunit;

namespace House.Tests;

/// <summary>One SQL text for two engines: every registered text is prepared on SQLite, parsed as T-SQL and held to the common subset.</summary>
public sealed class EverySqlText
{
    public static TheoryData<string> Names => [.. Repository.Statements.Select(text => text.ToString())];

    private static SqlText Named(string name) => Repository.Statements.First(text => text.ToString() == name);

    [Fact]
    public async Task Is_prepared_by_SQLite()
    {
        await using var database = await TestDatabase.Create();
        var connection = (SqliteConnection)await database.Engine.Open();
        var refused = new List<string>();
        foreach (var text in Repository.Statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = text.Text;
            try
            {
                command.Prepare();
            }
            catch (SqliteException trouble)
            {
                refused.Add($"{text}: {trouble.Message}");
            }
        }

        await database.Engine.Release(connection, healthy: true);
        Assert.Empty(refused);
    }

    // with absent values: nothing is found and nothing is written, but every name and every comparison must be understood
    [Fact]
    public async Task Is_run_by_SQL_Server()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(EnginesAttribute.SqlServerVariable)), "not configured");
        await using var database = await TestDatabase.Create("SQL Server");
        var refused = new List<string>();
        foreach (var text in Repository.Statements)
        {
            await using var connection = (SqlConnection)await database.Engine.Open();
            await using var transaction = (SqlTransaction)await connection.BeginTransactionAsync();
            await using var command = new SqlCommand(text.Text, connection, transaction);
            foreach (var name in Variables.Of(text.Text)) command.Parameters.Add(Absent(name));
            try
            {
                await command.ExecuteNonQueryAsync();
            }
            catch (SqlException trouble) when (trouble.Number is NullIntoNotNull or BrokenConstraint)
            {
                // understood, and refused for its values
            }
            catch (SqlException trouble)
            {
                refused.Add($"{text}: {trouble.Number} {trouble.Message}");
            }
        }

        Assert.Empty(refused);
    }

    private const int NullIntoNotNull = 515;
    private const int BrokenConstraint = 547;

    private static SqlParameter Absent(string name)
    {
        var type = SchemaOfMigrations.Tables.Values.SelectMany(table => table.Columns)
            .FirstOrDefault(column => string.Equals(column.Name, name[1..], StringComparison.Ordinal)).Type;
        var kind = type switch
        {
            "VARCHAR" => SqlDbType.VarChar,
            "VARBINARY" => SqlDbType.VarBinary,
            "BIT" => SqlDbType.Bit,
            "INT" or "BIGINT" => SqlDbType.BigInt,
            "DATETIME2" => SqlDbType.DateTime2,
            _ when name is "@Now" or "@Since" or "@Until" || name.EndsWith("At", StringComparison.Ordinal) || name.EndsWith("Since", StringComparison.Ordinal) => SqlDbType.DateTime2,
            _ when name is "@First" or "@Last" => SqlDbType.Int,
            _ => SqlDbType.NVarChar,
        };
        return new SqlParameter(name, kind) { Value = DBNull.Value };
    }

    [Theory, MemberData(nameof(Names))]
    public void Is_one_statement_of_the_common_subset(string name)
    {
        var script = TSql.Parse(Named(name).Text);
        var statement = Assert.Single(script.Batches.SelectMany(batch => batch.Statements));
        var banned = new BannedConstructs();
        statement.Accept(banned);
        Assert.Empty(banned.Found);
    }

    [Theory, MemberData(nameof(Names))]
    public void On_customer_data_names_the_account(string name)
    {
        var text = Named(name);
        if (text.Owner.Namespace!.StartsWith("Database", StringComparison.Ordinal)) return;
        if (text.Text.Contains("-- all accounts: ", StringComparison.Ordinal)) return;
        var filters = new AccountFilters();
        TSql.Parse(text.Text).Accept(filters);
        Assert.True(
            filters.Unfiltered.Count == 0 || filters.Filtered,
            $"{text} reads or changes {string.Join(", ", filters.Unfiltered)} without 'AccountId = @AccountId' as a condition of its own. "
            + "A text for everybody's rows starts with '-- all accounts: reason'.");
    }

    [Theory]
    [InlineData("update Stock set Available += 1 where ItemCode = @Code")]
    [InlineData("update s set Available = 1 from Stock s where s.ItemCode = @Code")]
    [InlineData("with few as (select ItemCode, Available from Stock) update few set Available = 1")]
    [InlineData("select @@rowcount")]
    [InlineData("waitfor delay '00:00:01'")]
    [InlineData("select ItemCode into Other from Stock")]
    [InlineData("select count(*) from sys.tables")]
    [InlineData("select top 5 ItemCode from Stock")]
    [InlineData("select ItemCode from Stock order by ItemCode offset 5 rows")]
    [InlineData("delete from Stock output deleted.ItemCode where ItemCode = @Code")]
    [InlineData("select ItemCode from Stock with (updlock)")]
    [InlineData("select ItemCode + Region from Stock")]
    [InlineData("select itemcode from Stock")]
    [InlineData("select getutcdate()")]
    public void What_the_servers_read_differently_is_found(string text)
    {
        var banned = new BannedConstructs();
        TSql.Parse(text).Accept(banned);
        Assert.NotEmpty(banned.Found);
    }

    [Fact]
    public void There_are_texts_to_check() => Assert.NotEmpty(Repository.Statements);
}

/// <summary>What the two engines read differently, or only one of them reads at all.</summary>
internal sealed class BannedConstructs : TSqlFragmentVisitor
{
    private static readonly HashSet<string> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        "isnull", "ifnull", "len", "length", "getdate", "getutcdate", "sysdatetime", "sysutcdatetime", "dateadd", "datediff", "datepart",
        "strftime", "julianday", "date", "time", "datetime", "newid", "random", "rand", "charindex", "instr", "substr", "printf", "format",
        "json_value", "json_query", "json_extract", "json_object", "openjson", "isjson", "group_concat", "scope_identity",
        "last_insert_rowid", "changes", "convert", "year", "month", "day", "iif_null",
    };

    public List<string> Found { get; } = [];

    public override void Visit(TopRowFilter node) => Found.Add("top");

    public override void Visit(OffsetClause node) => Found.Add("offset");

    public override void Visit(OutputClause node) => Found.Add("output");

    public override void Visit(MergeSpecification node) => Found.Add("merge");

    public override void Visit(TableHint node) => Found.Add("a table hint");

    public override void Visit(OptimizerHint node) => Found.Add("an optimizer hint");

    public override void Visit(ConvertCall node) => Found.Add("convert");

    public override void Visit(AssignmentSetClause node)
    {
        if (node.AssignmentKind != AssignmentKind.Equals) Found.Add($"set with {node.AssignmentKind}; write v = v + 1");
    }

    // rows changed through a name for other rows: servers differ in which rows that are
    public override void Visit(UpdateSpecification node)
    {
        if (node.FromClause is not null) Found.Add("update ... from; use exists or a key");
    }

    public override void Visit(DeleteSpecification node)
    {
        if (node.FromClause is not null) Found.Add("delete ... from ... from; use exists or a key");
    }

    public override void Visit(StatementWithCtesAndXmlNamespaces node)
    {
        if (node.WithCtesAndXmlNamespaces is not null && node is not SelectStatement) Found.Add("a change through a common table expression");
    }

    public override void Visit(GlobalVariableExpression node) => Found.Add($"{node.Name}; count the rows");

    public override void Visit(WaitForStatement node) => Found.Add("waitfor");

    public override void Visit(SelectStatement node)
    {
        if (node.Into is not null) Found.Add("select into");
    }

    public override void Visit(SchemaObjectName node)
    {
        if (node.SchemaIdentifier is { } schema) Found.Add($"the schema {schema.Value}; the catalogue differs from server to server");
    }

    public override void Visit(ParameterlessCall node) => Found.Add(node.ParameterlessCallType.ToString());

    // a binary collation tells AccountId from accountid, SQLite does not
    public override void Visit(NamedTableReference node) => Spelling(node.SchemaObject.BaseIdentifier.Value, SchemaOfMigrations.Tables.Keys);

    public override void Visit(ColumnReferenceExpression node)
    {
        if (node.MultiPartIdentifier is { } name) Spelling(name.Identifiers[^1].Value, SchemaOfMigrations.Columns);
    }

    private void Spelling(string name, IEnumerable<string> known)
    {
        var same = known.Where(other => string.Equals(other, name, StringComparison.OrdinalIgnoreCase)).ToList();
        if (same.Count > 0 && !same.Contains(name)) Found.Add($"{name} is spelt {same[0]}");
    }

    public override void Visit(FunctionCall node)
    {
        if (Functions.Contains(node.FunctionName.Value)) Found.Add(node.FunctionName.Value);
    }

    public override void Visit(BinaryExpression node)
    {
        if (node.BinaryExpressionType == BinaryExpressionType.Add && (IsText(node.FirstExpression) || IsText(node.SecondExpression)))
            Found.Add("+ on text (SQLite adds numbers and answers 0); use concat");
    }

    private static bool IsText(ScalarExpression expression) => expression switch
    {
        StringLiteral => true,
        ColumnReferenceExpression { MultiPartIdentifier: { } name } => SchemaOfMigrations.TextColumns.Contains(name.Identifiers[^1].Value),
        _ => false,
    };
}

/// <summary>The parameters of a text, each once.</summary>
internal sealed class Variables : TSqlFragmentVisitor
{
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

    public static IReadOnlyCollection<string> Of(string text)
    {
        var variables = new Variables();
        TSql.Parse(text).Accept(variables);
        return variables.names;
    }

    public override void Visit(VariableReference node) => names.Add(node.Name);
}

/// <summary>Finds tables with an AccountId that a text touches, and whether it keeps to one account.</summary>
internal sealed class AccountFilters : TSqlFragmentVisitor
{
    public HashSet<string> Unfiltered { get; } = [];

    public bool Filtered { get; private set; }

    public override void Visit(QuerySpecification node) => Look(node.FromClause?.TableReferences ?? [], node.WhereClause);

    public override void Visit(UpdateSpecification node) =>
        Look([node.Target, .. node.FromClause?.TableReferences ?? []], node.WhereClause);

    public override void Visit(DeleteSpecification node) => Look([node.Target], node.WhereClause);

    private void Look(IEnumerable<TableReference> tables, WhereClause? where)
    {
        var names = tables.SelectMany(Names).Where(name => SchemaOfMigrations.Tables.TryGetValue(name, out var table) && table.HasAccount).ToList();
        if (names.Count == 0) return;
        if (Conjuncts(where?.SearchCondition).Any(IsAccount)) Filtered = true;
        else Unfiltered.UnionWith(names);
    }

    private static IEnumerable<string> Names(TableReference reference) => reference switch
    {
        NamedTableReference named => [named.SchemaObject.BaseIdentifier.Value],
        JoinTableReference join => [.. Names(join.FirstTableReference), .. Names(join.SecondTableReference)],
        _ => [],
    };

    private static IEnumerable<BooleanExpression> Conjuncts(BooleanExpression? condition) => condition switch
    {
        null => [],
        BooleanBinaryExpression { BinaryExpressionType: BooleanBinaryExpressionType.And } and =>
            [.. Conjuncts(and.FirstExpression), .. Conjuncts(and.SecondExpression)],
        BooleanParenthesisExpression parenthesis => Conjuncts(parenthesis.Expression),
        _ => [condition],
    };

    private static bool IsAccount(BooleanExpression condition) =>
        condition is BooleanComparisonExpression
        {
            ComparisonType: BooleanComparisonType.Equals,
            FirstExpression: ColumnReferenceExpression column,
            SecondExpression: VariableReference { Name: "@AccountId" },
        } && column.MultiPartIdentifier.Identifiers[^1].Value == "AccountId";
}
