using Database.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Invoices;

/// <summary>What the room offers the building: issuing documents, reading them, <c>documents.seal</c>.</summary>
public static class InvoicesRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddInvoices(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddSingleton<IssueInvoice>();
        services.AddSingleton<IssueCreditNote>();
        services.AddSingleton<IssueReceiptVoucher>();
        services.AddSingleton<IssueRefundVoucher>();
        services.AddPeriodicWork<SealDocuments>(SealDocuments.Command, every: TimeSpan.FromMinutes(1));
        return services;
    }
}
