-- Every table as the migrations leave it. Written by ./dev schema; a test compares.
-- immutable: BillingProfile, JournalEntry, Posting, TaxDocument, TaxDocumentLine, DocumentSeal, AuditEvent, AuditSeal

create table WorkItem (
    Id varchar(30) not null constraint PK_WorkItem primary key,
    Command varchar(60) not null,
    Resource varchar(80) not null,
    AccountId varchar(30) null,
    DedupKey varchar(120) null,
    State varchar(12) not null constraint CK_WorkItem_State check (State in ('ready', 'running', 'done', 'failed')),
    Step varchar(60) null,
    Progress int not null,
    Message nvarchar(400) null,
    Attempts int not null,
    NextTryAt datetime2(3) not null,
    LeaseOwner varchar(80) null,
    LeaseUntil datetime2(3) null,
    Fence bigint not null,
    ErrorCode varchar(80) null,
    ErrorText nvarchar(1000) null,
    Input nvarchar(max) null,
    PromisedAt datetime2(3) null,
    CreatedAt datetime2(3) not null,
    StartedAt datetime2(3) null,
    EndedAt datetime2(3) null,
    TraceParent varchar(60) null
);
create unique index UQ_WorkItem_DedupKey on WorkItem (DedupKey) where DedupKey is not null;
create index IX_WorkItem_Due on WorkItem (Command, NextTryAt) where EndedAt is null;
create index IX_WorkItem_Resource on WorkItem (Resource, CreatedAt);
create index IX_WorkItem_Failed on WorkItem (EndedAt) where State = 'failed';

create table DataKey (
    Id varchar(30) not null constraint PK_DataKey primary key,
    AccountId varchar(30) not null,
    Version int not null,
    MasterKeyId varchar(20) not null,
    Wrapped varbinary(max) not null,
    CreatedAt datetime2(3) not null,
    constraint UQ_DataKey_AccountId unique (AccountId, Version)
);
create index IX_DataKey_MasterKeyId on DataKey (MasterKeyId);

create table Person (
    Id varchar(30) not null constraint PK_Person primary key,
    Email nvarchar(254) not null,
    EmailLower nvarchar(254) not null constraint UQ_Person_EmailLower unique,
    PasswordHash varchar(200) null,
    FullName nvarchar(120) not null,
    JobTitle nvarchar(80) null,
    Mobile varchar(16) null,
    Issuer nvarchar(300) null,
    SubjectHash varchar(64) null,
    StaffRole varchar(20) null,
    EmailConfirmedAt datetime2(3) not null,
    AgeConfirmedAt datetime2(3) null,
    SignupIp varchar(45) null,
    SignupUserAgent nvarchar(400) null,
    ClosedAt datetime2(3) null,
    CreatedAt datetime2(3) not null
);
create unique index UQ_Person_SubjectHash on Person (SubjectHash) where SubjectHash is not null;

create table EmailConfirmation (
    TokenHash varchar(64) not null constraint PK_EmailConfirmation primary key,
    Purpose varchar(10) not null constraint CK_EmailConfirmation_Purpose check (Purpose in ('signup', 'password')),
    PersonId varchar(30) null constraint FK_EmailConfirmation_Person references Person (Id),
    Email nvarchar(254) not null,
    EmailLower nvarchar(254) not null,
    FullName nvarchar(120) not null,
    PasswordHash varchar(200) null,
    Ip varchar(45) not null,
    UserAgent nvarchar(400) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);
create index IX_EmailConfirmation_EmailLower on EmailConfirmation (EmailLower, CreatedAt);
create index IX_EmailConfirmation_Ip on EmailConfirmation (Ip, CreatedAt);

create table SignInAttempt (
    Id varchar(30) not null constraint PK_SignInAttempt primary key,
    EmailHash varchar(64) not null,
    PersonId varchar(30) null constraint FK_SignInAttempt_Person references Person (Id),
    Ip varchar(45) not null,
    UserAgent nvarchar(400) not null,
    State varchar(10) not null constraint CK_SignInAttempt_State check (State in ('failed', 'passed', 'refused')),
    AttemptedAt datetime2(3) not null
, Method varchar(10) null);
create index IX_SignInAttempt_EmailHash on SignInAttempt (EmailHash, AttemptedAt);
create index IX_SignInAttempt_Ip on SignInAttempt (Ip, AttemptedAt);

create table PortalSession (
    Id varchar(30) not null constraint PK_PortalSession primary key,
    TokenHash varchar(64) not null constraint UQ_PortalSession_TokenHash unique,
    PersonId varchar(30) not null constraint FK_PortalSession_Person references Person (Id),
    AccountId varchar(30) null,
    Ip varchar(45) not null,
    UserAgent nvarchar(400) not null,
    IdToken nvarchar(max) null,
    AuthenticatedAt datetime2(3) not null,
    CreatedAt datetime2(3) not null,
    SeenAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    RevokedAt datetime2(3) null
, Amr varchar(60) null, SecondFactorAt datetime2(3) null);
create index IX_PortalSession_PersonId on PortalSession (PersonId, CreatedAt);

create table DataProtectionKey (
    FriendlyName varchar(100) not null constraint PK_DataProtectionKey primary key,
    Xml nvarchar(max) not null,
    CreatedAt datetime2(3) not null
);

create table SigningKey (
    KeyId varchar(30) not null constraint PK_SigningKey primary key,
    PrivateKey varchar(2000) not null,
    X varchar(43) not null,
    Y varchar(43) not null,
    SignsFrom datetime2(3) not null constraint UQ_SigningKey_SignsFrom unique,
    SignsUntil datetime2(3) not null,
    CreatedAt datetime2(3) not null
);

create table TokenGrant (
    Id varchar(30) not null constraint PK_TokenGrant primary key,
    ClientId varchar(60) not null,
    PersonId varchar(30) not null constraint FK_TokenGrant_Person references Person (Id),
    AccountId varchar(30) null,
    Scope varchar(200) not null,
    SessionId varchar(30) null constraint FK_TokenGrant_PortalSession references PortalSession (Id),
    AuthenticatedAt datetime2(3) not null,
    CreatedAt datetime2(3) not null,
    RevokedAt datetime2(3) null
, DpopJkt varchar(43) null, LastUsedAt datetime2(3) null, Amr varchar(60) null, Acr varchar(40) null);
create index IX_TokenGrant_PersonId on TokenGrant (PersonId, CreatedAt);
create index IX_TokenGrant_SessionId on TokenGrant (SessionId);

create table AuthorizationCode (
    CodeHash varchar(64) not null constraint PK_AuthorizationCode primary key,
    GrantId varchar(30) not null constraint FK_AuthorizationCode_TokenGrant references TokenGrant (Id),
    RedirectUri nvarchar(500) not null,
    Nonce nvarchar(200) null,
    CodeChallenge varchar(43) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
, DpopJkt varchar(43) null);

create table RefreshToken (
    TokenHash varchar(64) not null constraint PK_RefreshToken primary key,
    GrantId varchar(30) not null constraint FK_RefreshToken_TokenGrant references TokenGrant (Id),
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);
create index IX_RefreshToken_GrantId on RefreshToken (GrantId);

create table Account (
    Id varchar(30) not null constraint PK_Account primary key,
    Name nvarchar(120) not null,
    State varchar(12) not null constraint CK_Account_State check (State in ('active', 'closed')),
    CreatedAt datetime2(3) not null
, NeedsSecondFactor bit not null constraint DF_Account_NeedsSecondFactor default 0);

create table AccountMember (
    AccountId varchar(30) not null constraint FK_AccountMember_Account references Account (Id),
    PersonId varchar(30) not null constraint FK_AccountMember_Person references Person (Id),
    Role varchar(20) not null constraint CK_AccountMember_Role check (Role in ('owner', 'member')),
    CreatedAt datetime2(3) not null,
    constraint PK_AccountMember primary key (AccountId, PersonId)
);
create index IX_AccountMember_PersonId on AccountMember (PersonId, CreatedAt);

create table BillingProfile (
    Id varchar(30) not null constraint PK_BillingProfile primary key,
    AccountId varchar(30) not null constraint FK_BillingProfile_Account references Account (Id),
    Version int not null,
    LegalName nvarchar(120) not null,
    Gstin varchar(15) null,
    Pan varchar(10) null,
    IsSez bit not null,
    StateCode varchar(2) not null,
    Address1 nvarchar(120) not null,
    Address2 nvarchar(120) null,
    City nvarchar(60) not null,
    Pin varchar(6) not null,
    Mobile varchar(16) not null,
    Purpose nvarchar(200) not null,
    CreatedAt datetime2(3) not null,
    CreatedBy varchar(30) not null constraint FK_BillingProfile_Person references Person (Id),
    constraint UQ_BillingProfile_Version unique (AccountId, Version)
);

create table ServerPlan (
    Code varchar(20) not null constraint PK_ServerPlan primary key,
    Name nvarchar(60) not null,
    Kind varchar(20) not null constraint CK_ServerPlan_Kind check (Kind in ('virtual', 'dedicated')),
    Vcpu int not null,
    MemoryMib int not null,
    DiskGib int not null,
    TransferGib int not null,
    Position int not null,
    Listed bit not null,
    constraint CK_ServerPlan_Sizes check (Vcpu > 0 and MemoryMib > 0 and DiskGib > 0 and TransferGib >= 0)
);

create table Region (
    Code varchar(20) not null constraint PK_Region primary key,
    Name nvarchar(60) not null,
    City nvarchar(60) not null,
    StateCode varchar(2) not null,
    Position int not null,
    IsOpen bit not null
);

create table Image (
    Code varchar(40) not null constraint PK_Image primary key,
    Name nvarchar(60) not null,
    Family nvarchar(40) not null,
    Alias varchar(80) not null,
    Position int not null,
    Listed bit not null
);

create table Price (
    ItemCode varchar(60) not null,
    ValidFrom datetime2(3) not null,
    NetMonthlyPaise bigint not null,
    NetHourlyPaise bigint not null,
    Currency varchar(3) not null,
    Sac varchar(8) not null,
    Counted bit not null,
    constraint PK_Price primary key (ItemCode, ValidFrom),
    constraint CK_Price_NotNegative check (NetMonthlyPaise >= 0 and NetHourlyPaise >= 0)
);

create table TaxRate (
    Sac varchar(8) not null,
    ValidFrom datetime2(3) not null,
    RateBps int not null,
    constraint PK_TaxRate primary key (Sac, ValidFrom),
    constraint CK_TaxRate_Even check (RateBps between 0 and 10000 and RateBps % 2 = 0)
);

create table Stock (
    ItemCode varchar(60) not null,
    Region varchar(20) not null,
    Available int not null,
    constraint PK_Stock primary key (ItemCode, Region),
    constraint CK_Stock_NotNegative check (Available >= 0)
);

create table SalesOrder (
    Id varchar(30) not null constraint PK_SalesOrder primary key,
    AccountId varchar(30) not null,
    PersonId varchar(30) null,
    BillingProfileId varchar(30) not null,
    State varchar(20) not null constraint CK_SalesOrder_State
        check (State in ('awaiting_payment', 'paid', 'expired', 'cancelled', 'undeliverable')),
    NetPaise bigint not null,
    CgstPaise bigint not null,
    SgstPaise bigint not null,
    UtgstPaise bigint not null,
    IgstPaise bigint not null,
    TotalPaise bigint not null,
    Currency varchar(3) not null,
    PlaceOfSupply varchar(2) not null,
    TaxNature varchar(16) not null,
    SupplyType varchar(8) not null,
    IdempotencyKey varchar(100) null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    PaidAt datetime2(3) null,
    PromisedAt datetime2(3) null,
    constraint CK_SalesOrder_Total check (TotalPaise = NetPaise + CgstPaise + SgstPaise + UtgstPaise + IgstPaise)
);
create unique index UQ_SalesOrder_IdempotencyKey on SalesOrder (AccountId, IdempotencyKey) where IdempotencyKey is not null;
create index IX_SalesOrder_Account on SalesOrder (AccountId, Id);

create table SalesOrderLine (
    Id varchar(30) not null constraint PK_SalesOrderLine primary key,
    OrderId varchar(30) not null constraint FK_SalesOrderLine_SalesOrder references SalesOrder (Id),
    AccountId varchar(30) not null,
    Position int not null,
    ItemCode varchar(60) not null,
    Region varchar(20) not null,
    Counted bit not null,
    Description nvarchar(200) not null,
    NetPaise bigint not null,
    CgstPaise bigint not null,
    SgstPaise bigint not null,
    UtgstPaise bigint not null,
    IgstPaise bigint not null,
    Sac varchar(8) not null,
    RateBps int not null,
    WorkCommand varchar(60) null,
    WorkResource varchar(80) null,
    WorkInput nvarchar(max) null,
    PromisedSeconds int null,
    SubscriptionId varchar(30) null,
    constraint UQ_SalesOrderLine_Position unique (OrderId, Position)
);

create table JournalEntry (
    Id varchar(30) not null constraint PK_JournalEntry primary key,
    Occasion varchar(120) not null constraint UQ_JournalEntry_Occasion unique,
    Description nvarchar(200) not null,
    PostedAt datetime2(3) not null
);

create table Posting (
    EntryId varchar(30) not null constraint FK_Posting_JournalEntry references JournalEntry (Id),
    Line int not null,
    LedgerAccount varchar(60) not null,
    AccountId varchar(30) null,
    AmountPaise bigint not null constraint CK_Posting_NotZero check (AmountPaise <> 0),
    Currency varchar(3) not null,
    constraint PK_Posting primary key (EntryId, Line)
);
create index IX_Posting_Account on Posting (AccountId, LedgerAccount, EntryId);
create index IX_Posting_LedgerAccount on Posting (LedgerAccount);

create table WalletLock (
    AccountId varchar(30) not null constraint PK_WalletLock primary key,
    Turn bigint not null
);

create table NumberSeries (
    Gstin varchar(15) not null,
    DocumentType varchar(20) not null,
    FinancialYear varchar(7) not null,
    NextNumber bigint not null,
    LastDate varchar(10) not null,
    constraint PK_NumberSeries primary key (Gstin, DocumentType, FinancialYear)
);

create table TaxDocument (
    Id varchar(30) not null constraint PK_TaxDocument primary key,
    AccountId varchar(30) not null,
    DocumentType varchar(20) not null constraint CK_TaxDocument_DocumentType
        check (DocumentType in ('invoice', 'credit_note', 'receipt_voucher', 'refund_voucher')),
    Number varchar(16) not null,
    FinancialYear varchar(7) not null,
    SeriesNumber bigint not null,
    DocumentDate varchar(10) not null,
    IssuedAt datetime2(3) not null,
    OrderId varchar(30) null,
    Occasion varchar(120) not null constraint UQ_TaxDocument_Occasion unique,
    OriginalId varchar(30) null constraint FK_TaxDocument_Original references TaxDocument (Id),
    OriginalNumber varchar(16) null,
    OriginalDate varchar(10) null,
    Reason nvarchar(200) null,
    SupplierName nvarchar(120) not null,
    SupplierGstin varchar(15) not null,
    SupplierAddress nvarchar(320) not null,
    SupplierStateCode varchar(2) not null,
    SupplierPan varchar(10) not null,
    SupplierEmail varchar(254) null,
    SupplierPhone varchar(20) null,
    SupplierLut varchar(40) null,
    SupplierBank nvarchar(300) null,
    SupplierUpi varchar(80) null,
    Signatory nvarchar(80) not null,
    BuyerName nvarchar(120) not null,
    BuyerGstin varchar(15) null,
    BuyerPan varchar(10) null,
    BuyerAddress nvarchar(320) not null,
    BuyerStateCode varchar(2) not null,
    PlaceOfSupply varchar(2) not null,
    TaxNature varchar(16) not null,
    SupplyType varchar(8) not null,
    ReverseCharge bit not null,
    Endorsement varchar(200) null,
    NetPaise bigint not null,
    CgstPaise bigint not null,
    SgstPaise bigint not null,
    UtgstPaise bigint not null,
    IgstPaise bigint not null,
    RoundOffPaise bigint not null,
    TotalPaise bigint not null,
    Currency varchar(3) not null,
    AmountInWords nvarchar(300) not null,
    constraint UQ_TaxDocument_Number unique (SupplierGstin, FinancialYear, Number),
    constraint UQ_TaxDocument_SeriesNumber unique (SupplierGstin, DocumentType, FinancialYear, SeriesNumber),
    constraint CK_TaxDocument_Total
        check (TotalPaise = NetPaise + CgstPaise + SgstPaise + UtgstPaise + IgstPaise + RoundOffPaise)
);
create unique index UQ_TaxDocument_OrderId on TaxDocument (OrderId) where DocumentType = 'invoice' and OrderId is not null;
create unique index UQ_TaxDocument_OriginalId on TaxDocument (OriginalId) where OriginalId is not null;
create index IX_TaxDocument_Account on TaxDocument (AccountId, Id);

create table TaxDocumentLine (
    DocumentId varchar(30) not null constraint FK_TaxDocumentLine_TaxDocument references TaxDocument (Id),
    Line int not null,
    AccountId varchar(30) not null,
    ItemCode varchar(60) not null,
    Description nvarchar(200) not null,
    PeriodFrom varchar(10) null,
    PeriodTo varchar(10) null,
    Sac varchar(8) not null,
    RateBps int not null,
    NetPaise bigint not null,
    CgstPaise bigint not null,
    SgstPaise bigint not null,
    UtgstPaise bigint not null,
    IgstPaise bigint not null,
    constraint PK_TaxDocumentLine primary key (DocumentId, Line)
);

create table DocumentPrint (
    DocumentId varchar(30) not null constraint PK_DocumentPrint primary key
        constraint FK_DocumentPrint_TaxDocument references TaxDocument (Id),
    AccountId varchar(30) not null,
    ObjectKey varchar(200) not null,
    Sha256 varchar(64) not null,
    Bytes bigint not null,
    PrintedAt datetime2(3) not null
);

create table DocumentSeal (
    Gstin varchar(15) not null,
    DocumentType varchar(20) not null,
    FinancialYear varchar(7) not null,
    LastNumber bigint not null,
    FirstNumber bigint not null,
    PreviousHash varchar(64) not null,
    Hash varchar(64) not null,
    SealedAt datetime2(3) not null,
    constraint PK_DocumentSeal primary key (Gstin, DocumentType, FinancialYear, LastNumber),
    constraint UQ_DocumentSeal_FirstNumber unique (Gstin, DocumentType, FinancialYear, FirstNumber)
);

create table PaymentIntent (
    Id varchar(30) not null constraint PK_PaymentIntent primary key,
    OrderId varchar(30) not null,
    AccountId varchar(30) not null,
    AmountPaise bigint not null,
    Currency varchar(3) not null,
    State varchar(12) not null constraint CK_PaymentIntent_State check (State in ('preparing', 'open', 'paid', 'cancelled', 'expired')),
    GatewayOrderId varchar(40) null,
    AskedAt datetime2(3) null,
    LastFailure nvarchar(300) null,
    NextPollAt datetime2(3) null,
    CreatedAt datetime2(3) not null,
    ClosedAt datetime2(3) null
);
create unique index UQ_PaymentIntent_GatewayOrder on PaymentIntent (GatewayOrderId) where GatewayOrderId is not null;
create unique index UQ_PaymentIntent_Open on PaymentIntent (OrderId) where ClosedAt is null;
create index IX_PaymentIntent_Order on PaymentIntent (OrderId);
create index IX_PaymentIntent_Poll on PaymentIntent (NextPollAt) where NextPollAt is not null;

create table GatewayPayment (
    Id varchar(40) not null constraint PK_GatewayPayment primary key,
    IntentId varchar(30) not null constraint FK_GatewayPayment_Intent references PaymentIntent (Id),
    OrderId varchar(30) not null,
    AccountId varchar(30) not null,
    AmountPaise bigint not null,
    Currency varchar(3) not null,
    FeePaise bigint null,
    FeeTaxPaise bigint null,
    Method varchar(30) not null,
    Settlement varchar(10) not null constraint CK_GatewayPayment_Settlement check (Settlement in ('invoice', 'wallet', 'refund')),
    Reason varchar(30) not null,
    DocumentId varchar(30) null,
    FeePostedAt datetime2(3) null,
    PaidAt datetime2(3) not null,
    SettledAt datetime2(3) not null
);
create index IX_GatewayPayment_Account on GatewayPayment (AccountId, SettledAt);
create index IX_GatewayPayment_Intent on GatewayPayment (IntentId);

create table WebhookInbox (
    EventId varchar(80) not null constraint PK_WebhookInbox primary key,
    Event varchar(80) not null,
    Body varbinary(max) not null,
    Signature varchar(64) not null,
    ReceivedAt datetime2(3) not null,
    State varchar(10) not null constraint CK_WebhookInbox_State check (State in ('received', 'done', 'ignored', 'failed')),
    Reason varchar(60) null,
    PaymentId varchar(40) null,
    ProcessedAt datetime2(3) null
);
create index IX_WebhookInbox_State on WebhookInbox (State, ReceivedAt);

create table Refund (
    Id varchar(30) not null constraint PK_Refund primary key,
    AccountId varchar(30) not null,
    PaymentId varchar(40) not null constraint FK_Refund_Payment references GatewayPayment (Id),
    AmountPaise bigint not null,
    Currency varchar(3) not null,
    State varchar(10) not null constraint CK_Refund_State check (State in ('wanted', 'pending', 'processed', 'failed')),
    Reason varchar(30) not null,
    GatewayRefundId varchar(40) null,
    Trouble nvarchar(300) null,
    CreatedAt datetime2(3) not null,
    EndedAt datetime2(3) null
);
create unique index UQ_Refund_Gateway on Refund (GatewayRefundId) where GatewayRefundId is not null;
create index IX_Refund_Payment on Refund (PaymentId);
create index IX_Refund_Account on Refund (AccountId, CreatedAt);

create table Subscription (
    Id varchar(30) not null constraint PK_Subscription primary key,
    AccountId varchar(30) not null,
    OrderId varchar(30) not null,
    OrderLineId varchar(30) not null constraint UQ_Subscription_OrderLineId unique,
    ItemCode varchar(60) not null,
    Region varchar(20) not null,
    Description nvarchar(200) not null,
    Resource varchar(80) not null,
    State varchar(12) not null constraint CK_Subscription_State check (State in ('active', 'ended')),
    StockHeld bit not null,
    StartedAt datetime2(3) not null,
    PeriodEnd datetime2(3) not null,
    ResumedAt datetime2(3) null,
    EndedAt datetime2(3) null
);
create index IX_Subscription_Account on Subscription (AccountId, Id);
create index IX_Subscription_Resource on Subscription (Resource);
create index IX_Subscription_Due on Subscription (PeriodEnd) where State = 'active';

create table ServerOrder (
    ServerId varchar(30) not null constraint PK_ServerOrder primary key,
    AccountId varchar(30) not null,
    PersonId varchar(30) not null,
    SalesOrderId varchar(30) not null,
    SalesOrderLineId varchar(30) not null,
    PlanCode varchar(20) not null,
    Region varchar(20) not null,
    ImageCode varchar(40) not null,
    Hostname varchar(253) not null,
    Label nvarchar(80) not null,
    SshKey varchar(2000) not null,
    Backups bit not null,
    PlacedAt datetime2(3) not null,
    constraint UQ_ServerOrder_SalesOrderLineId unique (SalesOrderLineId)
);
create index IX_ServerOrder_Account on ServerOrder (AccountId, ServerId);
create index IX_ServerOrder_SalesOrder on ServerOrder (SalesOrderId);

create table Server (
    Id varchar(30) not null constraint PK_Server primary key,
    AccountId varchar(30) not null,
    OrderLineId varchar(30) not null constraint UQ_Server_OrderLine unique,
    InstanceName varchar(63) not null constraint UQ_Server_InstanceName unique,
    Region varchar(20) not null,
    ImageAlias varchar(80) not null,
    Hostname varchar(253) not null,
    Label nvarchar(80) not null,
    Vcpu int not null,
    MemoryMib int not null,
    DiskGib int not null,
    Backups bit not null,
    State varchar(12) not null
        constraint CK_Server_State check (State in ('creating', 'running', 'stopped', 'failed', 'deleted', 'gone')),
    Address varchar(45) null,
    Doubt nvarchar(200) null,
    FailureCode varchar(80) null,
    FailureText nvarchar(1000) null,
    PromisedAt datetime2(3) null,
    CreatedAt datetime2(3) not null,
    ReadyAt datetime2(3) null,
    ObservedAt datetime2(3) null,
    DeletedAt datetime2(3) null,
    ShieldUntil datetime2(3) null,
    GoneAt datetime2(3) null
);
create index IX_Server_Account on Server (AccountId, CreatedAt);
create index IX_Server_Region on Server (Region, State);

create table BackupSchedule (
    ServerId varchar(30) not null constraint PK_BackupSchedule primary key,
    AccountId varchar(30) not null,
    DayMinute int not null constraint CK_BackupSchedule_DayMinute check (DayMinute between 0 and 1439),
    NextExportAt datetime2(3) not null,
    NextSnapshotAt datetime2(3) not null,
    StartedAt datetime2(3) not null,
    EndedAt datetime2(3) null
);
create index IX_BackupSchedule_Export on BackupSchedule (NextExportAt) where EndedAt is null;
create index IX_BackupSchedule_Snapshot on BackupSchedule (NextSnapshotAt) where EndedAt is null;

create table Snapshot (
    Id varchar(30) not null constraint PK_Snapshot primary key,
    AccountId varchar(30) not null,
    ServerId varchar(30) not null,
    InstanceName varchar(63) not null,
    State varchar(12) not null constraint CK_Snapshot_State check (State in ('taking', 'ready', 'removing', 'removed', 'failed')),
    TakenAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    EndedAt datetime2(3) null
);
create index IX_Snapshot_Server on Snapshot (ServerId, TakenAt);
create index IX_Snapshot_Expires on Snapshot (ExpiresAt) where EndedAt is null;

create table ServerBackup (
    Id varchar(30) not null constraint PK_ServerBackup primary key,
    AccountId varchar(30) not null,
    ServerId varchar(30) not null,
    Region varchar(20) not null,
    InstanceName varchar(63) not null,
    Kind varchar(12) not null constraint CK_ServerBackup_Kind check (Kind in ('daily', 'manual', 'final')),
    State varchar(12) not null constraint CK_ServerBackup_State check (State in ('taking', 'stored', 'ready', 'failed', 'removing', 'removed')),
    ObjectKey varchar(200) null,
    Bytes bigint null,
    Sha256 varchar(64) null,
    DiskGib int not null,
    TakenAt datetime2(3) not null,
    VerifiedAt datetime2(3) null,
    ExpiresAt datetime2(3) not null,
    HeldUntil datetime2(3) null,
    EndedAt datetime2(3) null,
    constraint CK_ServerBackup_Ready check (State <> 'ready' or VerifiedAt is not null and ObjectKey is not null and Sha256 is not null)
);
create index IX_ServerBackup_Server on ServerBackup (ServerId, TakenAt);
create index IX_ServerBackup_Account on ServerBackup (AccountId, TakenAt);
create index IX_ServerBackup_Expires on ServerBackup (ExpiresAt) where EndedAt is null;

create table ReplacedInstance (
    InstanceName varchar(63) not null constraint PK_ReplacedInstance primary key,
    AccountId varchar(30) not null,
    ServerId varchar(30) not null,
    BackupId varchar(30) not null,
    ReplacedBy varchar(63) not null,
    Region varchar(20) not null,
    Address varchar(45) null,
    ReplacedAt datetime2(3) not null,
    KeptUntil datetime2(3) not null,
    EndedAt datetime2(3) null
);
create unique index UQ_ReplacedInstance_ReplacedBy on ReplacedInstance (ReplacedBy);
create index IX_ReplacedInstance_KeptUntil on ReplacedInstance (KeptUntil) where EndedAt is null;
create index IX_ReplacedInstance_Server on ReplacedInstance (ServerId, ReplacedAt);

create table MailMessage (
    Id varchar(30) not null constraint PK_MailMessage primary key,
    Event varchar(120) not null,
    Recipient nvarchar(254) not null,
    AccountId varchar(30) null,
    Subject nvarchar(200) not null,
    TextBody nvarchar(max) null,
    HtmlBody nvarchar(max) null,
    IsSecret bit not null,
    AttachmentKey varchar(300) null,
    AttachmentName nvarchar(120) null,
    State varchar(10) not null constraint CK_MailMessage_State check (State in ('queued', 'sent', 'refused')),
    ErrorText nvarchar(1000) null,
    CreatedAt datetime2(3) not null,
    SentAt datetime2(3) null,
    constraint UQ_MailMessage_Event unique (Event, Recipient)
);
create index IX_MailMessage_AccountId on MailMessage (AccountId, CreatedAt);
create index IX_MailMessage_CreatedAt on MailMessage (CreatedAt);

create table IdempotencyRecord (
    AccountId varchar(30) not null,
    RequestKey varchar(100) not null,
    Fingerprint varchar(64) not null,
    StartedAt datetime2(3) not null,
    EndedAt datetime2(3) null,
    Status int null,
    ContentType varchar(100) null,
    Location varchar(400) null,
    Body nvarchar(max) null,
    constraint PK_IdempotencyRecord primary key (AccountId, RequestKey)
);
create index IX_IdempotencyRecord_StartedAt on IdempotencyRecord (StartedAt);

create table PlanStep (
    WorkItemId varchar(30) not null constraint FK_PlanStep_WorkItem references WorkItem (Id),
    Step varchar(40) not null,
    State varchar(12) not null
        constraint CK_PlanStep_State check (State in ('doing', 'done', 'failed', 'undoing', 'undone')),
    Tries int not null,
    FailureCode varchar(80) null,
    FailureText nvarchar(1000) null,
    StartedAt datetime2(3) not null,
    EndedAt datetime2(3) null,
    constraint PK_PlanStep primary key (WorkItemId, Step)
);

create table AuditKey (
    Subject varchar(30) not null constraint PK_AuditKey primary key,
    MasterKeyId varchar(20) not null,
    Wrapped varbinary(max) not null,
    CreatedAt datetime2(3) not null,
    ErasedAt datetime2(3) null
);
create index IX_AuditKey_MasterKeyId on AuditKey (MasterKeyId);

create table AuditEvent (
    Id varchar(30) not null constraint PK_AuditEvent primary key,
    AccountId varchar(30) null,
    PersonId varchar(30) null,
    OnBehalfOf varchar(60) null,
    ClientId varchar(60) null,
    Action varchar(60) not null,
    Resource varchar(60) null,
    KeySubject varchar(30) not null,
    Personal varbinary(max) null,
    PayloadHash varchar(64) not null,
    HappenedAt datetime2(3) not null
);
create index IX_AuditEvent_AccountId on AuditEvent (AccountId, Id);
create index IX_AuditEvent_AccountPerson on AuditEvent (AccountId, PersonId, Id);
create index IX_AuditEvent_AccountAction on AuditEvent (AccountId, Action, Id);
create index IX_AuditEvent_AccountResource on AuditEvent (AccountId, Resource, Id);
create index IX_AuditEvent_PersonId on AuditEvent (PersonId, Id);
create index IX_AuditEvent_Resource on AuditEvent (Resource, Id);

create table AuditPending (
    EventId varchar(30) not null constraint PK_AuditPending primary key,
    Chain varchar(30) not null
);

create table AuditSeal (
    Number bigint not null constraint PK_AuditSeal primary key,
    Chain varchar(30) not null,
    Events int not null,
    EventIds nvarchar(max) not null,
    PreviousHash varchar(64) not null,
    Hash varchar(64) not null,
    HouseHash varchar(64) not null,
    SealedAt datetime2(3) not null,
    constraint UQ_AuditSeal_Chain unique (Chain, Number)
);

create table AccountAccess (
    AccountId varchar(30) not null constraint PK_AccountAccess primary key
        constraint FK_AccountAccess_Account references Account (Id),
    Version bigint not null
);

create table CustomRole (
    Id varchar(30) not null constraint PK_CustomRole primary key,
    AccountId varchar(30) not null constraint FK_CustomRole_Account references Account (Id),
    Name nvarchar(60) not null,
    Permissions varchar(2000) not null,
    CreatedAt datetime2(3) not null,
    CreatedBy varchar(30) not null,
    RetiredAt datetime2(3) null
);
create index IX_CustomRole_Account on CustomRole (AccountId, Name);

create table AccessGrant (
    Id varchar(30) not null constraint PK_AccessGrant primary key,
    AccountId varchar(30) not null constraint FK_AccessGrant_Account references Account (Id),
    HolderId varchar(30) not null,
    RoleCode varchar(20) null,
    CustomRoleId varchar(30) null constraint FK_AccessGrant_CustomRole references CustomRole (Id),
    ScopeKind varchar(10) not null constraint CK_AccessGrant_ScopeKind check (ScopeKind in ('account', 'team', 'resource', 'tag')),
    ScopeId nvarchar(60) not null,
    Mode varchar(10) not null constraint CK_AccessGrant_Mode check (Mode in ('allow', 'request')),
    ExpiresAt datetime2(3) null,
    SpendLimitPaise bigint null constraint CK_AccessGrant_SpendLimitPaise check (SpendLimitPaise >= 0),
    GivenAt datetime2(3) not null,
    GivenBy varchar(30) null,
    RevokedAt datetime2(3) null,
    RevokedBy varchar(30) null,
    constraint CK_AccessGrant_Role check ((RoleCode is null and CustomRoleId is not null) or (RoleCode is not null and CustomRoleId is null)),
    constraint CK_AccessGrant_Owner check (RoleCode is null or RoleCode <> 'owner'
        or (ScopeKind = 'account' and ExpiresAt is null and SpendLimitPaise is null and Mode = 'allow' and HolderId like 'per%'))
);
create index IX_AccessGrant_Holder on AccessGrant (AccountId, HolderId, ScopeKind, ScopeId);

create table Team (
    Id varchar(30) not null constraint PK_Team primary key,
    AccountId varchar(30) not null constraint FK_Team_Account references Account (Id),
    Kind varchar(12) not null constraint CK_Team_Kind check (Kind in ('team', 'department')),
    Name nvarchar(60) not null,
    CreatedAt datetime2(3) not null,
    ClosedAt datetime2(3) null
);
create index IX_Team_Account on Team (AccountId, Name);

create table TeamMember (
    AccountId varchar(30) not null,
    TeamId varchar(30) not null constraint FK_TeamMember_Team references Team (Id),
    PersonId varchar(30) not null,
    AddedAt datetime2(3) not null,
    constraint PK_TeamMember primary key (AccountId, TeamId, PersonId)
);
create index IX_TeamMember_Person on TeamMember (AccountId, PersonId);

create table TeamResource (
    AccountId varchar(30) not null,
    ResourceId varchar(30) not null,
    TeamId varchar(30) not null constraint FK_TeamResource_Team references Team (Id),
    AddedAt datetime2(3) not null,
    constraint PK_TeamResource primary key (AccountId, ResourceId)
);
create index IX_TeamResource_Team on TeamResource (AccountId, TeamId);

create table ResourceTag (
    AccountId varchar(30) not null,
    ResourceId varchar(30) not null,
    Tag nvarchar(40) not null,
    AddedAt datetime2(3) not null,
    constraint PK_ResourceTag primary key (AccountId, ResourceId, Tag)
);
create index IX_ResourceTag_Tag on ResourceTag (AccountId, Tag);

create table SpendMonth (
    AccountId varchar(30) not null,
    PersonId varchar(30) not null,
    Month int not null,
    Orders int not null,
    constraint PK_SpendMonth primary key (AccountId, PersonId, Month)
);

create table SpentOrder (
    AccountId varchar(30) not null,
    PersonId varchar(30) not null,
    Month int not null,
    OrderId varchar(30) not null,
    Paise bigint not null,
    SpentAt datetime2(3) not null,
    constraint PK_SpentOrder primary key (AccountId, PersonId, OrderId)
);
create index IX_SpentOrder_Month on SpentOrder (AccountId, PersonId, Month);

create table OidcClient (
    Id varchar(30) not null constraint PK_OidcClient primary key,
    Kind varchar(10) not null constraint CK_OidcClient_Kind check (Kind in ('web', 'native', 'service')),
    AccountId varchar(30) null,
    ServicePersonId varchar(30) null constraint FK_OidcClient_ServicePerson references Person (Id),
    Name nvarchar(80) not null,
    AuthMethod varchar(20) not null constraint CK_OidcClient_AuthMethod check (AuthMethod in ('secret', 'private_key_jwt', 'none')),
    Jwks nvarchar(max) null,
    RedirectUris nvarchar(max) null,
    PostLogoutRedirectUris nvarchar(max) null,
    BackchannelLogoutUri nvarchar(500) null,
    Scopes varchar(200) not null,
    GrantTypes varchar(300) not null,
    Permissions varchar(1000) null,
    RequirePar bit not null,
    DpopBound bit not null,
    IsResourceServer bit not null,
    CreatedBy varchar(30) not null constraint FK_OidcClient_Person references Person (Id),
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) null,
    LastUsedAt datetime2(3) null,
    RevokedAt datetime2(3) null
, IpAllowList varchar(1000) null);
create index IX_OidcClient_AccountId on OidcClient (AccountId, CreatedAt);

create table OidcClientSecret (
    Id varchar(30) not null constraint PK_OidcClientSecret primary key,
    ClientId varchar(30) not null constraint FK_OidcClientSecret_OidcClient references OidcClient (Id),
    SecretHash varchar(64) not null constraint UQ_OidcClientSecret_SecretHash unique,
    Hint varchar(8) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) null,
    LastUsedAt datetime2(3) null,
    RevokedAt datetime2(3) null
);
create index IX_OidcClientSecret_ClientId on OidcClientSecret (ClientId, CreatedAt);

create table SpentId (
    IdHash varchar(64) not null constraint PK_SpentId primary key,
    ExpiresAt datetime2(3) not null
);
create index IX_SpentId_ExpiresAt on SpentId (ExpiresAt);

create table PushedRequest (
    UriHash varchar(64) not null constraint PK_PushedRequest primary key,
    ClientId varchar(60) not null,
    Parameters nvarchar(max) not null,
    CreatedAt datetime2(3) not null,
    SeenAt datetime2(3) null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);
create index IX_PushedRequest_ExpiresAt on PushedRequest (ExpiresAt);

create table DeviceRequest (
    DeviceCodeHash varchar(64) not null constraint PK_DeviceRequest primary key,
    UserCodeHash varchar(64) not null constraint UQ_DeviceRequest_UserCodeHash unique,
    ClientId varchar(60) not null,
    Scope varchar(200) not null,
    Ip varchar(45) not null,
    State varchar(10) not null constraint CK_DeviceRequest_State check (State in ('pending', 'approved', 'denied', 'used')),
    GrantId varchar(30) null constraint FK_DeviceRequest_TokenGrant references TokenGrant (Id),
    PauseSeconds int not null,
    PolledAt datetime2(3) null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null
);
create index IX_DeviceRequest_ExpiresAt on DeviceRequest (ExpiresAt);

create table RememberedConsent (
    Id varchar(30) not null constraint PK_RememberedConsent primary key,
    PersonId varchar(30) not null constraint FK_RememberedConsent_Person references Person (Id),
    AccountId varchar(30) null,
    ClientId varchar(60) not null,
    Scope varchar(200) not null,
    CreatedAt datetime2(3) not null,
    WithdrawnAt datetime2(3) null
);
create index IX_RememberedConsent_PersonId on RememberedConsent (PersonId, ClientId);

create table Totp (
    PersonId varchar(30) not null constraint PK_Totp primary key constraint FK_Totp_Person references Person (Id),
    ProtectedSecret varchar(400) not null,
    LastStep bigint not null,
    CreatedAt datetime2(3) not null
);

create table RecoveryCode (
    PersonId varchar(30) not null constraint FK_RecoveryCode_Person references Person (Id),
    CodeHash varchar(64) not null,
    CreatedAt datetime2(3) not null,
    UsedAt datetime2(3) null,
    constraint PK_RecoveryCode primary key (PersonId, CodeHash)
);

create table Passkey (
    Id varchar(30) not null constraint PK_Passkey primary key,
    PersonId varchar(30) not null constraint FK_Passkey_Person references Person (Id),
    CredentialHash varchar(64) not null constraint UQ_Passkey_CredentialHash unique,
    CredentialId varchar(1400) not null,
    PublicKey varchar(1400) not null,
    SignCount bigint not null,
    Transports varchar(100) not null,
    IsBackupEligible bit not null,
    IsBackedUp bit not null,
    Name nvarchar(60) not null,
    CreatedAt datetime2(3) not null,
    LastUsedAt datetime2(3) null
);
create index IX_Passkey_PersonId on Passkey (PersonId, CreatedAt);

create table UnlockLink (
    TokenHash varchar(64) not null constraint PK_UnlockLink primary key,
    EmailHash varchar(64) not null,
    PersonId varchar(30) null constraint FK_UnlockLink_Person references Person (Id),
    Ip varchar(45) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    UsedAt datetime2(3) null
);
create index IX_UnlockLink_EmailHash on UnlockLink (EmailHash, CreatedAt);

create table ParkedForm (
    TokenHash varchar(64) not null constraint PK_ParkedForm primary key,
    SessionId varchar(30) not null constraint FK_ParkedForm_PortalSession references PortalSession (Id),
    ProtectedForm nvarchar(max) not null,
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null
);
create index IX_ParkedForm_ExpiresAt on ParkedForm (ExpiresAt);

create table SessionOrigin (
    SessionId varchar(30) not null constraint PK_SessionOrigin primary key
        constraint FK_SessionOrigin_PortalSession references PortalSession (Id),
    IssuerKey varchar(30) not null,
    SubjectHash varchar(64) not null,
    SidHash varchar(64) null,
    CreatedAt datetime2(3) not null
);
create index IX_SessionOrigin_SubjectHash on SessionOrigin (SubjectHash, IssuerKey);
create index IX_SessionOrigin_SidHash on SessionOrigin (SidHash, IssuerKey);

create table LogoutToken (
    TokenHash varchar(64) not null constraint PK_LogoutToken primary key,
    ExpiresAt datetime2(3) not null
);
create index IX_LogoutToken_ExpiresAt on LogoutToken (ExpiresAt);

create table CompanyIssuer (
    Id varchar(30) not null constraint PK_CompanyIssuer primary key,
    AccountId varchar(30) not null constraint FK_CompanyIssuer_Account references Account (Id)
        constraint UQ_CompanyIssuer_AccountId unique,
    Issuer nvarchar(300) not null,
    ClientId nvarchar(200) not null,
    ProtectedSecret nvarchar(2000) not null,
    ExtraScopes nvarchar(200) not null,
    GroupsClaim nvarchar(60) not null,
    DefaultRole varchar(30) null,
    TrustsEmail bit not null,
    IsOn bit not null,
    IsMandatory bit not null,
    CreatedAt datetime2(3) not null,
    ChangedAt datetime2(3) not null,
    ChangedBy varchar(30) not null constraint FK_CompanyIssuer_Person references Person (Id)
);
create index IX_CompanyIssuer_Issuer on CompanyIssuer (Issuer, ClientId);

create table CompanyGroup (
    CompanyIssuerId varchar(30) not null constraint FK_CompanyGroup_CompanyIssuer references CompanyIssuer (Id),
    AccountId varchar(30) not null constraint FK_CompanyGroup_Account references Account (Id),
    GroupName nvarchar(200) not null,
    Role varchar(30) not null,
    Position int not null,
    constraint PK_CompanyGroup primary key (CompanyIssuerId, GroupName)
);

create table CompanyDomain (
    Id varchar(30) not null constraint PK_CompanyDomain primary key,
    AccountId varchar(30) not null constraint FK_CompanyDomain_Account references Account (Id),
    CompanyIssuerId varchar(30) not null constraint FK_CompanyDomain_CompanyIssuer references CompanyIssuer (Id),
    Domain varchar(253) not null,
    MailedTo nvarchar(254) null,
    TokenHash varchar(64) null,
    AskedAt datetime2(3) not null,
    ExpiresAt datetime2(3) null,
    VerifiedAt datetime2(3) null,
    VerifiedBy varchar(10) null constraint CK_CompanyDomain_VerifiedBy check (VerifiedBy in ('mail', 'operator')),
    constraint UQ_CompanyDomain_Domain unique (CompanyIssuerId, Domain)
);
create unique index UQ_CompanyDomain_Verified on CompanyDomain (Domain) where VerifiedAt is not null;
create unique index UQ_CompanyDomain_TokenHash on CompanyDomain (TokenHash) where TokenHash is not null;

create table CompanyMember (
    SubjectHash varchar(64) not null constraint PK_CompanyMember primary key,
    CompanyIssuerId varchar(30) not null constraint FK_CompanyMember_CompanyIssuer references CompanyIssuer (Id),
    AccountId varchar(30) not null constraint FK_CompanyMember_Account references Account (Id),
    PersonId varchar(30) not null constraint FK_CompanyMember_Person references Person (Id),
    Role varchar(30) not null,
    IsProvisioned bit not null,
    CreatedAt datetime2(3) not null,
    SignedInAt datetime2(3) not null
);
create index IX_CompanyMember_PersonId on CompanyMember (PersonId, AccountId);

create table Approval (
    Id varchar(30) not null constraint PK_Approval primary key,
    AccountId varchar(30) not null constraint FK_Approval_Account references Account (Id),
    PersonId varchar(30) not null constraint FK_Approval_Person references Person (Id),
    Action varchar(40) not null,
    Permission varchar(40) not null,
    Resource varchar(30) null,
    AskKey varchar(80) not null,
    Summary nvarchar(300) not null,
    Reason nvarchar(400) null,
    Wish nvarchar(max) null,
    TotalPaise bigint not null,
    State varchar(10) not null constraint CK_Approval_State check (State in ('waiting', 'approved', 'declined', 'withdrawn')),
    AskedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    DecidedAt datetime2(3) null,
    DecidedBy varchar(30) null,
    Answer nvarchar(400) null,
    Outcome varchar(30) null,
    constraint UQ_Approval_AskKey unique (AccountId, AskKey)
);
create index IX_Approval_Account on Approval (AccountId, AskedAt);

create table StaffAccess (
    Id varchar(30) not null constraint PK_StaffAccess primary key,
    PersonId varchar(30) not null constraint FK_StaffAccess_Person references Person (Id),
    AccountId varchar(30) not null constraint FK_StaffAccess_Account references Account (Id),
    SessionId varchar(30) not null constraint FK_StaffAccess_PortalSession references PortalSession (Id),
    Mode varchar(5) not null constraint CK_StaffAccess_Mode check (Mode in ('read', 'write')),
    Reason nvarchar(400) not null,
    WriteReason nvarchar(400) null,
    StartedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    EndedAt datetime2(3) null
);
create index IX_StaffAccess_Account on StaffAccess (AccountId, Id);
create unique index UQ_StaffAccess_Session on StaffAccess (SessionId) where EndedAt is null;

create table ApiToken (
    Id varchar(30) not null constraint PK_ApiToken primary key,
    TokenHash varchar(64) not null constraint UQ_ApiToken_TokenHash unique,
    AccountId varchar(30) not null,
    PersonId varchar(30) not null constraint FK_ApiToken_Person references Person (Id),
    ClientId varchar(30) null constraint FK_ApiToken_OidcClient references OidcClient (Id),
    Name nvarchar(80) not null,
    Permissions varchar(1000) not null,
    IpAllowList varchar(1000) null,
    Hint varchar(8) not null,
    CreatedBy varchar(30) not null constraint FK_ApiToken_CreatedBy references Person (Id),
    CreatedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    LastUsedAt datetime2(3) null,
    LastUsedIp varchar(45) null,
    RevokedAt datetime2(3) null
);
create index IX_ApiToken_AccountId on ApiToken (AccountId, CreatedAt);
create index IX_ApiToken_PersonId on ApiToken (PersonId, CreatedAt);

create table PostalAddress (
    PersonId varchar(30) not null constraint PK_PostalAddress primary key
        constraint FK_PostalAddress_Person references Person (Id),
    Line1 nvarchar(120) not null,
    Line2 nvarchar(120) null,
    City nvarchar(60) not null,
    PostCode nvarchar(12) not null,
    Country nvarchar(60) not null,
    SavedAt datetime2(3) not null
);

create table Invitation (
    Id varchar(30) not null constraint PK_Invitation primary key,
    AccountId varchar(30) not null constraint FK_Invitation_Account references Account (Id),
    Email nvarchar(254) not null,
    EmailLower nvarchar(254) not null,
    TokenHash varchar(64) not null constraint UQ_Invitation_TokenHash unique,
    RoleCode varchar(30) not null,
    ScopeKind varchar(10) not null,
    ScopeId nvarchar(60) not null,
    Mode varchar(10) not null,
    AccessEndsAt datetime2(3) null,
    SpendLimitPaise bigint null,
    Note nvarchar(400) null,
    Sent int not null,
    InvitedAt datetime2(3) not null,
    InvitedBy varchar(30) not null constraint FK_Invitation_Person references Person (Id),
    ExpiresAt datetime2(3) not null,
    AcceptedAt datetime2(3) null,
    AcceptedBy varchar(30) null,
    WithdrawnAt datetime2(3) null
);
create index IX_Invitation_Account on Invitation (AccountId, InvitedAt);
create index IX_Invitation_EmailLower on Invitation (EmailLower, InvitedAt);
