-- room: Database/Audit
-- immutable: AuditEvent, AuditSeal

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
