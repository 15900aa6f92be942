using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Testing;

/// <summary>Runs the theory once for each engine; SQL Server shows as skipped when PORTAL_SQLSERVER is not set.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EnginesAttribute : DataAttribute
{
    /// <summary>The environment variable with a connection string to a server on which databases <c>portal_test_*</c> may be made.</summary>
    public const string SqlServerVariable = "PORTAL_SQLSERVER";

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var sqlServer = new TheoryDataRow<string>("SQL Server");
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(SqlServerVariable))) sqlServer.Skip = "not configured";
        return new([new TheoryDataRow<string>("SQLite"), sqlServer]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
